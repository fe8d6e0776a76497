import { buildPackage, isPackageStale } from './package-build.ts';

// Builds what the package's exports point to; with `--if-stale` only when it is missing or older than its sources.

if (!process.argv.includes('--if-stale') || isPackageStale()) await buildPackage();
