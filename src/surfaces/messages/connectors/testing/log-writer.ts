import { runWriter } from '../../../../engine/log/sqlite/run-writer.ts';
import { connectorsProjection } from '../projection.ts';

// Worker entry of the tests: a log with the connectors' rows and no others.
runWriter([connectorsProjection]);
