import { runWriter } from '../../../engine/log/sqlite/run-writer.ts';
import { messagesProjection } from '../projection.ts';

// Worker entry of the tests: a log with this surface's projection and no other.
runWriter([messagesProjection]);
