import { auditProjection } from '../../../engine/audit/audit-projection.ts';
import { runWriter } from '../../../engine/log/sqlite/run-writer.ts';
import { proposalsProjection } from '../projection.ts';
import { runsProjection } from '../runs/projection.ts';

// Worker entry of the tests: a log with this surface's projections and the audit trail's.
runWriter([auditProjection, proposalsProjection, runsProjection]);
