import { heapStats } from 'bun:jsc';
import { isMainThread } from 'node:worker_threads';

// Loaded into a server before its own code: tells over a socket of its own, after a collection, what its heap holds.

const path = process.env.HEAP_REPORT_SOCKET;
if (isMainThread && path !== undefined) {
  Bun.serve({
    unix: path,
    fetch() {
      Bun.gc(true);
      return Response.json(heapStats().objectTypeCounts);
    },
  });
}
