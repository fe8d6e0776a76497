import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { showFigures } from '../support/figures.ts';
import type { SlowReport } from '../support/slow-readers.ts';
import { inSmallNetwork, networkHindrance } from '../support/small-network.ts';

// Readers that do read, but less than the server has for them: their sockets empty a little at a time.

const EVENTS = 600;
/** Of one connection, in the server (P7). */
const MAX_BUFFER_BYTES = 256 * 1024;

const hindrance = networkHindrance();
if (hindrance !== undefined) console.log(`SKIPPED FAULT: a network with small buffers, because ${hindrance}`);

test.skipIf(hindrance)(
  'what waits for a reader that is always behind stays small, and it gets everything',
  async () => {
    const program = join(import.meta.dirname, '../support/slow-readers.ts');
    const [command, ...args] = inSmallNetwork(process.execPath, program, `${EVENTS}`);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const { readings, largestBuffer } = JSON.parse(await text(child.stdout)) as SlowReport;
    await exited;
    showFigures({ promise: 'P7', about: 'largest buffer seen, readers that read slowly', figures: largestBuffer });

    const marks = Array.from({ length: EVENTS }, (_, mark) => mark);
    expect(readings.map(({ transport }) => transport)).toEqual(['websocket-v1', 'websocket', 'sse']);
    for (const reading of readings) expect(reading).toMatchObject({ marks, resets: 0 });
    for (const bytes of Object.values(largestBuffer)) {
      // Not vacuous: sockets were full.
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThanOrEqual(MAX_BUFFER_BYTES);
    }
  },
);
