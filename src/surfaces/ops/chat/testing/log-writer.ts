import { auditProjection } from '../../../../engine/audit/audit-projection.ts';
import { runWriter } from '../../../../engine/log/sqlite/run-writer.ts';
import { opsChatProjection } from '../chat-projection.ts';

// Worker entry of the tests: a log with the chat's projection and the audit trail's.
runWriter([auditProjection, opsChatProjection]);
