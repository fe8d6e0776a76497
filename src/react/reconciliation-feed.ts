import * as z from 'zod/mini';
import { DEFAULT_POLL_SETTINGS } from '../client/connection-state.ts';
import { STEADY_RECONNECT_POLICY } from '../protocol/reconnect-policy.ts';
import type { LiveFeed } from './live-feed.ts';

const countsSchema = z.record(z.string(), z.number());

/** One update as specs/001 describes it; what a server adds is kept. */
export const reconciliationUpdateSchema = z.looseObject({
  eventId: z.string(),
  service: z.string(),
  status: z.enum(['verified', 'stale', 'discrepancy']),
  counts: countsSchema,
  checksum: z.string(),
  latencyMs: z.number(),
  discrepancyDetails: z.optional(
    z.object({ expected: countsSchema, actual: countsSchema, missingJobIds: z.array(z.string()) }),
  ),
});
export type ReconciliationUpdate = z.infer<typeof reconciliationUpdateSchema>;

/** The latest update of every service, in the order of their names. */
export interface ReconciliationState<Update> {
  readonly services: readonly Update[];
  readonly cursor: string;
}

export const RECONCILIATION_KEY = ['reconciliation', 'latest'] as const;

export type ReconciliationFeed<Update> = LiveFeed<Update, ReconciliationState<Update>>;

/** The feed of specs/001. `parse` checks one update; default: the schema of the spec. */
export function createReconciliationFeed<Update extends { readonly service: string }>(
  parse: (value: unknown) => Update,
): ReconciliationFeed<Update> {
  const latestSchema = z.object({ services: z.array(z.unknown()), cursor: z.string() });
  return {
    url: '/reconciliation/stream',
    transport: 'sse',
    eventTypes: ['reconciliation.update'],
    // A browser opens six HTTP/1.1 connections to a server: a stream per tab would use them up.
    shareTabs: true,
    settings: { policy: STEADY_RECONNECT_POLICY, poll: DEFAULT_POLL_SETTINGS },
    parse,
    state: {
      queryKey: RECONCILIATION_KEY,
      async load(request) {
        const { services, cursor } = latestSchema.parse(await request.readJson('/reconciliation/latest'));
        return { services: services.map(parse), cursor };
      },
      update: (state, events) => ({ ...state, services: withUpdates(state.services, events) }),
    },
  };
}

/** Every update says all about its service, so the newest one replaces what was known. */
function withUpdates<Update extends { readonly service: string }>(
  services: readonly Update[],
  updates: readonly Update[],
): readonly Update[] {
  const byName = new Map(services.map((item) => [item.service, item]));
  for (const update of updates) byName.set(update.service, update);
  return [...byName.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** The feed of specs/001, checked by the spec's own schema. */
export const reconciliationFeed = createReconciliationFeed((value) => reconciliationUpdateSchema.parse(value));
