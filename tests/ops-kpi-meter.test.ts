import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { IngestGate } from '../src/engine/ingest-gate.ts';
import type { NewEvent } from '../src/engine/log/log.ts';
import { SqliteLog } from '../src/engine/log/sqlite/sqlite-log.ts';
import { ManualClock } from '../src/engine/manual-clock.ts';
import { createMetrics } from '../src/engine/metrics.ts';
import { Turns } from '../src/engine/turns.ts';
import { RECORDED } from '../src/surfaces/observability/events.ts';
import { KpiMeter } from '../src/surfaces/ops/kpis/kpi-meter.ts';

const HOUR_MS = 60 * 60 * 1_000;

function toolEvent(event_type: string): NewEvent {
  const event = { timestamp: '2026-01-01T00:00:00Z', source_app: 'test', event_type, session_id: 's1' };
  return { type: RECORDED, channel: 'observability', body: JSON.stringify(event) };
}

/** A meter on a real log with every projection of the server, and a clock that the test moves. */
async function meterSystem() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-meter-'));
  const log = await SqliteLog.open({
    path: join(folder, 'millrace.db'),
    entry: new URL('../src/server/log-writer.ts', import.meta.url),
  });
  const clock = new ManualClock();
  // Commits are stamped by the real clock.
  clock.jumpWallClock(Date.now() - clock.now());
  let queued = 0;
  const context = {
    log,
    snapshots: log,
    clock,
    metrics: createMetrics(),
    limits: { maxBytes: 1_048_576 },
    timings: { staleAfterMs: 15_000, selfCheckMs: 0 },
    turns: new Turns(),
    presence: { usersIn: () => [] },
    load: { queuedEvents: () => queued, clients: () => ({ connected: 2, slowestLag: 7 }) },
    ingestGate: new IngestGate(),
    logger: pino({ level: 'silent' }),
  };
  const openMeter = async () => {
    const meter = new KpiMeter(context);
    await meter.load();
    meter.follow();
    return meter;
  };
  return {
    log,
    clock,
    openMeter,
    queue(events: number) {
      queued = events;
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test('what is measured in memory is of this moment', async () => {
  await using system = await meterSystem();
  using meter = await system.openMeter();
  expect(meter.measure()).toMatchObject({
    health: { state: 'unknown' },
    queue_depth: 0,
    processed_events: 0,
    clients: { connected: 2, slowest_lag: 7 },
    events_per_minute: 0,
  });
  system.queue(12);
  await system.log.append(['Stop', 'Stop', 'Stop'].map(toolEvent));
  expect(meter.measure()).toMatchObject({ queue_depth: 12, processed_events: 3, events_per_minute: 3 });
  system.clock.advance(61_000);
  expect(meter.measure()).toMatchObject({ processed_events: 3, events_per_minute: 0 });
});

test('what is stored is read again after a commit, and what lapses without one', async () => {
  await using system = await meterSystem();
  using meter = await system.openMeter();
  await system.log.append(['PostToolUseFailure', 'PostToolUseFailure'].map(toolEvent));
  system.clock.advance(250);
  const streak = () => meter.measure().failure_streak;
  await expect.poll(streak).toEqual({ count: 2, of: 'session s1' });
  system.clock.advance(HOUR_MS + 60_000);
  await expect.poll(streak).toEqual({ count: 0, of: null });
});

test('a meter that is opened later counts the events of the last minute, and none that came before', async () => {
  await using system = await meterSystem();
  await system.log.append(['Stop', 'PostToolUseFailure'].map(toolEvent));
  using soon = await system.openMeter();
  expect(soon.measure()).toMatchObject({ events_per_minute: 2, failure_streak: { count: 1 } });
  system.clock.advance(120_000);
  using late = await system.openMeter();
  expect(late.measure()).toMatchObject({ events_per_minute: 0, processed_events: 2, failure_streak: { count: 1 } });
});
