import type { PromiseId } from '../tests/support/figures.ts';

export interface Promised {
  readonly id: PromiseId;
  readonly title: string;
  /** Test files that `npm run test:reliability` runs for it; docs/reliability.md names all. */
  readonly tests: readonly string[];
  /** What of the promise no test shows yet. */
  readonly notShown?: string;
}

/** What Millrace promises, and what `npm run test:reliability` runs to show it. */
export const PROMISES: readonly Promised[] = [
  { id: 'P1', title: 'durable ack', tests: ['tests/kill.test.ts', 'tests/reliability/power-loss.test.ts'] },
  {
    id: 'P2',
    title: 'one order',
    tests: [
      'tests/kill.test.ts',
      'tests/model/model.test.ts',
      'tests/simulation/simulation.test.ts',
      'src/engine/log/sqlite/sqlite-log.test.ts',
    ],
    notShown: 'several nodes: there is one',
  },
  {
    id: 'P3',
    title: 'exactly once on resume',
    tests: [
      'tests/resume.test.ts',
      'tests/kill.test.ts',
      'tests/model/model.test.ts',
      'tests/simulation/simulation.test.ts',
    ],
  },
  {
    id: 'P4',
    title: 'idempotent publish',
    tests: ['tests/reliability/repeated-publish.test.ts', 'tests/model/model.test.ts'],
  },
  {
    id: 'P5',
    title: 'no silent gap',
    tests: [
      'tests/model/model.test.ts',
      'tests/reliability/model-control.test.ts',
      'tests/backup.test.ts',
      'tests/simulation/simulation.test.ts',
      'src/engine/log/sqlite/restore.test.ts',
    ],
  },
  {
    id: 'P6',
    title: 'snapshot and tail are exact',
    tests: ['tests/rows.test.ts', 'tests/simulation/simulation.test.ts'],
  },
  {
    id: 'P7',
    title: 'a slow consumer costs only itself',
    tests: [
      'tests/transports.test.ts',
      'tests/reliability/slow-consumers.test.ts',
      'tests/reliability/slow-reading.test.ts',
    ],
  },
  {
    id: 'P8',
    title: 'no unbounded buffer',
    tests: [
      'tests/transports.test.ts',
      'src/engine/log/sqlite/sqlite-log.test.ts',
      'tests/reliability/overload.test.ts',
      'tests/reliability/leaks.test.ts',
      'tests/reliability/unfinished-bodies.test.ts',
    ],
  },
  { id: 'P9', title: 'exact limits', tests: ['tests/connection-limits.test.ts'] },
  { id: 'P10', title: 'authorization ends streams', tests: ['tests/private-feeds.test.ts'] },
  {
    id: 'P11',
    title: 'liveness both ways',
    tests: [
      'tests/transports.test.ts',
      'tests/client-transports.test.ts',
      'tests/network/network-faults.test.ts',
      'tests/reliability/half-open.test.ts',
      'tests/simulation/simulation.test.ts',
    ],
  },
  { id: 'P12', title: 'storms', tests: ['tests/reliability/storm.test.ts'] },
  {
    id: 'P13',
    title: 'honest degradation',
    tests: ['tests/reliability/disk-faults.test.ts', 'tests/reliability/damaged-files.test.ts'],
  },
  {
    id: 'P14',
    title: 'clock independence',
    tests: [
      'tests/reliability/clock-jumps.test.ts',
      'src/engine/auth/tickets.test.ts',
      'src/surfaces/proposals/lock-watch.test.ts',
    ],
  },
  {
    id: 'P15',
    title: 'hostile input',
    tests: [
      'tests/hostile/websocket-frames.test.ts',
      'tests/hostile/http-requests.test.ts',
      'src/protocol/sse.test.ts',
      'tests/spec-004-errors.test.ts',
      'tests/security-input.test.ts',
    ],
  },
];

export const PROMISE_TESTS: readonly string[] = [...new Set(PROMISES.flatMap(({ tests }) => tests))];
