import { buildPackage } from './package-build.ts';

// Builds what the package's exports point to, into `dist/package`.

await buildPackage();
