import type * as client from '../../src/client/index.ts';
import { runCases } from './run-cases.ts';

// `node run-as-program.mjs <url> <package>`: the suite against a package as it is installed; prints the results as JSON.

const [url = '', specifier = ''] = process.argv.slice(2);
const millrace = (await import(specifier)) as typeof client;
const results = await runCases({ millrace, url });
console.log(JSON.stringify(Object.entries(results).map(([name, failure]) => ({ name, failure: failure ?? null }))));
// A case that failed may have left its feed running.
process.exit();
