import * as millrace from '../../src/client/index.ts';
import { runCases } from './run-cases.ts';

// For a page of the server: leaves the suite on `window`.

Object.assign(globalThis, { runClientSuite: () => runCases({ millrace, url: location.origin }) });
