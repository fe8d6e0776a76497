import { runWriter } from '../../src/engine/log/sqlite/run-writer.ts';
import { tallyProjection } from './tally-projection.ts';

// Worker entry: a log that keeps a tally of its channels.
runWriter([tallyProjection]);
