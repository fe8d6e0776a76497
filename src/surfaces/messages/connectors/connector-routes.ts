import type { Hono } from 'hono';
import { invalidRequest, issuesOf } from '../../../engine/http/issues.ts';
import { assertRealJson, readJsonObject } from '../../../engine/http/read-json.ts';
import type { SurfaceContext } from '../../../engine/surface.ts';
import type { Connectors } from '../../../protocol/connector.ts';
import { formatCursor } from '../../../protocol/cursor.ts';
import { MillraceError } from '../../../protocol/errors.ts';
import { ALL_CONNECTORS, connectorOfRow, type StoredConnector } from './connector-rows.ts';
import { CONNECTOR_LIMITS, connectorInputSchema, identityOf, makeId } from './irc/irc-settings.ts';
import { addedEvent, removedEvent } from './records.ts';

/** Additions and removals take turns, so that two requests can't both find an id free. */
const TURN = 'messages connectors';
const NO_STORE = { 'cache-control': 'no-store' };

/** `/api/connectors`: every connector's health, and connectors that are added and removed while Millrace runs. */
export function addConnectorRoutes(routes: Hono, { log, snapshots, limits, turns }: SurfaceContext): void {
  const read = async () => {
    const { cursor, results } = await snapshots.snapshot<[StoredConnector]>([ALL_CONNECTORS]);
    return { rows: results[0], cursor: formatCursor(cursor) };
  };

  routes.get('/api/connectors', async (context) => {
    const { rows, cursor } = await read();
    return context.json({ connectors: rows.map(connectorOfRow), cursor } satisfies Connectors, 200, NO_STORE);
  });

  routes.post('/api/connectors', async (context) => {
    const input = await readInput(context.req.raw, limits.maxBytes);
    return turns.take(TURN, async () => {
      const { rows } = await read();
      assertFree(rows, input);
      const { id = makeId(input, new Set(rows.map((row) => row.id))), ...settings } = input;
      await log.append([addedEvent({ id, kind: 'irc', origin: 'request', settings })]);
      const added = (await read()).rows.find((row) => row.id === id);
      if (!added) throw new Error('a connector was added and is not there');
      return context.json(connectorOfRow(added), 201, { location: `/api/connectors/${id}` });
    });
  });

  routes.delete('/api/connectors/:id', async (context) => {
    const id = context.req.param('id');
    return turns.take(TURN, async () => {
      const row = (await read()).rows.find((other) => other.id === id);
      if (!row) throw new MillraceError('not_found', `there is no connector ${JSON.stringify(id)}`);
      if (row.origin === 'built-in') throw new MillraceError('conflict', `${id} is built in and always there`);
      if (row.origin === 'configuration') {
        throw new MillraceError('conflict', `${id} is configured: take it out of MILLRACE_IRC and start again`);
      }
      await log.append([removedEvent({ id })]);
      return context.json({ id, cursor: formatCursor(log.head()) });
    });
  });
}

async function readInput(request: Request, maxBytes: number) {
  const body = await readJsonObject(request, maxBytes);
  for (const path of ['password', 'ca_file']) {
    if (!(path in body.value)) continue;
    const message = 'is taken from MILLRACE_IRC only: what is added here is stored in the log';
    throw invalidRequest([{ path, message }]);
  }
  const parsed = connectorInputSchema.safeParse(body.value, { reportInput: true });
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error));
  assertRealJson(body);
  return parsed.data;
}

function assertFree(rows: readonly StoredConnector[], input: ReturnType<typeof connectorInputSchema.parse>): void {
  const identity = identityOf(input);
  for (const { id, settings } of rows) {
    if (id === input.id) throw new MillraceError('conflict', `there is a connector ${id} already`);
    if (settings !== null && identityOf(JSON.parse(settings)) === identity) {
      throw new MillraceError('conflict', `the connector ${id} listens there by this nick already`);
    }
  }
  if (rows.length >= CONNECTOR_LIMITS.connectors) {
    throw new MillraceError('conflict', `there are ${rows.length} connectors, which is as many as there can be`);
  }
}
