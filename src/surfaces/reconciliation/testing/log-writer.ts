import { runWriter } from '../../../engine/log/sqlite/run-writer.ts';
import { reconciliationProjection } from '../projection.ts';

// Worker entry of the tests: a log with this surface's projection and no other.
runWriter([reconciliationProjection]);
