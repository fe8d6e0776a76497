import { expect, test } from 'vitest';
import type { LogRecord } from '../../engine/log/log.ts';
import { encodeEventInput } from './event-input.ts';
import { RECORDED } from './events.ts';
import { toolOutcome } from './outcomes.ts';

const BASE = { timestamp: '2026-01-01T00:00:00Z', source_app: 'app', session_id: 's1' };

function recorded(members: { readonly event_type: string; readonly [member: string]: string | undefined }): LogRecord {
  const body = encodeEventInput({ ...BASE, ...members });
  return { seq: 1, at: 0, type: RECORDED, channel: 'observability', body, tag: 't' };
}

test.each([
  ['PostToolUse', 'succeeded'],
  ['PostToolUseFailure', 'failed'],
  ['StopFailure', 'failed'],
  ['SessionEnd', 'ended'],
  ['PreToolUse', undefined],
  ['Stop', undefined],
])('%s is an outcome of its session: %s', (event_type, kind) => {
  expect(toolOutcome(recorded({ event_type }))).toEqual(
    kind && { of: 'session s1', kind, lapsesAfterMs: 60 * 60 * 1_000 },
  );
});

test('what only mentions a failure, or has no session, is none', () => {
  const quoted = '"event_type":"PostToolUseFailure"';
  expect(toolOutcome(recorded({ event_type: 'Stop', metadata: `{${quoted}}`, summary: quoted }))).toBeUndefined();
  expect(toolOutcome(recorded({ event_type: 'PostToolUseFailure', session_id: undefined }))).toBeUndefined();
  expect(toolOutcome({ ...recorded({ event_type: 'PostToolUseFailure' }), type: 'other' })).toBeUndefined();
});
