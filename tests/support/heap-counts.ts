import { join } from 'node:path';

/** How a server has to be started so that {@link readHeapCounts} can ask it. */
export function withHeapReport(socketPath: string): readonly string[] {
  const preload = join(import.meta.dirname, 'heap-report.ts');
  return ['env', `BUN_OPTIONS=--preload=${preload}`, `HEAP_REPORT_SOCKET=${socketPath}`];
}

/** How many objects of each kind a server's main thread holds, after a collection. */
export async function readHeapCounts(socketPath: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch('http://localhost/', { unix: socketPath });
  return new Map(Object.entries((await response.json()) as Record<string, number>));
}
