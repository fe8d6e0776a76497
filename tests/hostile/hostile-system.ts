import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startServer } from '../../e2e/start-server.ts';
import { RawWebSocket } from '../../src/conformance/probes/raw-websocket.ts';

const EVENT = { timestamp: '2026-01-01T00:00:00Z', source_app: 'healthy', event_type: 'Stop' };

/** The real server, and a client that behaves and must not notice what others do. */
export async function hostileSystem(env: Readonly<Record<string, string>> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-hostile-'));
  const server = await startServer({ dataDir, env });
  const url = new URL('/stream', server.url);
  const healthy = await RawWebSocket.open({ url });
  let posted = 0;
  let slowestMs = 0;
  return {
    server,
    url,
    port: server.port,
    /** Posts an event, which the healthy client must get. */
    async expectHealthy(): Promise<void> {
      posted += 1;
      const summary = `healthy ${posted}`;
      const startedAt = performance.now();
      const answer = await fetch(`${server.url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...EVENT, summary }),
      });
      expect(answer.status).toBe(201);
      await healthy.texts.until(summary, 10_000, (texts) => texts.at(-1)?.includes(`"${summary}"`));
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      expect(healthy.texts.items.filter((text) => text.includes('"healthy"'))).toHaveLength(posted);
    },
    /** From the post of an event to its receipt, the slowest until now. */
    slowestMs: () => Math.round(slowestMs),
    residentBytes(): number {
      const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
    },
    async [Symbol.asyncDispose]() {
      healthy.destroy();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type HostileSystem = Awaited<ReturnType<typeof hostileSystem>>;
