import type { Log } from '../../src/engine/log/log.ts';
import { TIMINGS } from './simulated-server.ts';
import type { Mutant } from './world.ts';

/** Systems that break a promise on purpose, each of which a search has to notice. */
export const MUTANTS = {
  /** "Nothing there, so now wait" looks harmless. */
  'a reader registers after it reads': {
    readStep: (clock) => async (wait, read) => {
      const found = await read();
      await clock.pass(1);
      wait();
      return found;
    },
  },
  'readers are woken before the commit': {
    wrapLog: (log) => {
      const listeners = new Set<() => void>();
      return replaced(log, {
        onCommit(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        append(...request) {
          for (const listener of listeners) listener();
          return log.append(...request);
        },
      });
    },
  },
  'a cursor of another log is taken': {
    wrapLog: (log) =>
      replaced(log, {
        async resolve(input) {
          const resolution = await log.resolve(input);
          const isOther = resolution.kind === 'reset' && resolution.reason === 'epoch_changed';
          return isOther && typeof input === 'object' ? { kind: 'resume', cursor: input } : resolution;
        },
      }),
  },
  'what retention has removed is passed over': {
    wrapLog: (log) =>
      replaced(log, {
        async resolve(input) {
          const resolution = await log.resolve(input);
          const isExpired = resolution.kind === 'reset' && resolution.reason === 'cursor_expired';
          return isExpired && typeof input === 'object' ? { kind: 'resume', cursor: input } : resolution;
        },
        async read(after, limit) {
          const slice = await log.read(after, limit);
          return slice.kind === 'expired' ? log.read(log.trimmed().seq, limit) : slice;
        },
      }),
  },
  'the server never asks whether a peer is still there': { timings: { ...TIMINGS, pingMs: 10_000_000 } },
  'the watchdog of the client never barks': {
    wrapEnvironment: (environment) => ({
      ...environment,
      schedule: (delayMs, action) => environment.schedule(delayMs > 1_500 ? delayMs + 60_000 : delayMs, action),
    }),
  },
} satisfies Record<string, Mutant>;

function replaced(log: Log, members: Partial<Log>): Log {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(name in members ? members : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
