import { readJson } from '../../../react/read-json.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { type OpsState, opsStateSchema, type Timeline, timelineSchema } from '../events.ts';
import { sessionSchema } from './session.ts';
import type { TimelineRange } from './timeline.ts';

/** The reads of the page. Each fails with a sentence a person understands. */
export interface OpsReads {
  state(signal: AbortSignal): Promise<OpsState>;
  /** Who is signed in; null while nobody is known. */
  person(signal: AbortSignal): Promise<string | null>;
  timeline(range: TimelineRange, signal: AbortSignal): Promise<Timeline>;
}

/** Reads by the given `fetch`: the browser's, or a server's own. */
export function createOpsReads(fetch: PreloadRequest['fetch']): OpsReads {
  const read = (path: string, signal: AbortSignal) => readJson({ fetch }, { url: path, path, signal });
  return {
    state: async (signal) => opsStateSchema.parse(await read('/api/ops', signal)),
    async person(signal) {
      const response = await fetch('/auth/session', { headers: { accept: 'application/json' }, signal });
      return response.ok ? sessionSchema.parse(await response.json()).user : null;
    },
    timeline: async (range, signal) => timelineSchema.parse(await read(`/api/ops/timeline?range=${range}`, signal)),
  };
}

export const opsReads = createOpsReads((path, init) => fetch(path, init));
