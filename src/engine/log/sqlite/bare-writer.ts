import { runWriter } from './run-writer.ts';

// Worker entry for a log without projections, as the engine's own tests and benchmarks use it.
runWriter([]);
