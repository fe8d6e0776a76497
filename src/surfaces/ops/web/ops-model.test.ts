import { describe, expect, it } from 'vitest';
import type { Alert, OpsState } from '../events.ts';
import { createOpsModel } from './ops-model.ts';
import { alert, connector, cursor, kpis, opsState, second } from './testing/ops-fixtures.ts';

function scene(stored: OpsState, rendered?: OpsState) {
  const frames: (() => void)[] = [];
  const server = { state: stored };
  const model = createOpsModel({
    reads: { state: async () => server.state },
    frames: (action) => {
      frames.push(action);
      return () => frames.splice(frames.indexOf(action), 1);
    },
    rendered: rendered && { state: rendered, person: 'ada' },
  });
  let changes = 0;
  model.subscribe(() => {
    changes += 1;
  });
  return {
    model,
    server,
    changes: () => changes,
    load: () => model.loadSnapshot(new AbortController().signal),
    paint: () => {
      for (const action of frames.splice(0)) action();
    },
    announce: (...alerts: Alert[]) =>
      model.receive(alerts.map((each) => ({ type: 'alert', ...each, cursor: cursor(11) }))),
  };
}

describe('createOpsModel', () => {
  it('goes on from what a server has rendered', () => {
    const { model } = scene(opsState(), opsState({ connectors: [connector('irc')] }));
    expect(model.view().person).toBe('ada');
    expect(model.view().ops?.connectors).toHaveLength(1);
  });

  it('loads a snapshot, replaces what stood there by it, and says where to go on', async () => {
    const { model, server, load } = scene(opsState({ alerts: [alert('a')] }));
    expect(await load()).toBe(cursor(10));
    server.state = opsState({ cursor: cursor(20), alerts: [alert('b')] });
    expect(await load()).toBe(cursor(20));
    expect(model.view().ops?.open.map(({ id }) => id)).toEqual(['b']);
    expect(model.view().announcement).toBe('');
  });

  it('folds whatever comes between two frames in at once', () => {
    const { model, changes, paint, announce } = scene(opsState(), opsState());
    announce(alert('a'));
    model.receive([{ type: 'connector', ...connector('irc'), cursor: cursor(12), as_of: cursor(12) }]);
    model.receiveHeartbeat({ ...kpis({ at: second(2), queue_depth: 4 }) });
    model.receiveHeartbeat({ ...kpis({ at: second(4), queue_depth: 7 }) });
    expect(changes()).toBe(0);
    paint();
    expect(changes()).toBe(1);
    expect(model.view().ops).toMatchObject({
      open: [{ id: 'a' }],
      connectors: [{ id: 'irc' }],
      kpis: { queue_depth: 7 },
    });
  });

  it('works off at once what piles up while nothing is painted', () => {
    const { model, changes, announce } = scene(opsState(), opsState());
    announce(...Array.from({ length: 1_000 }, (_, count) => alert('a', { count })));
    expect(changes()).toBe(1);
    expect(model.view().ops?.open).toMatchObject([{ count: 999 }]);
  });

  it('announces alerts that are raised while it is shown, once, in one sentence', () => {
    const { model, paint, announce } = scene(opsState(), opsState({ alerts: [alert('old')] }));
    const said = () => model.view().announcement;
    announce(alert('old', { count: 2 }));
    paint();
    expect(said()).toBe('');
    announce(alert('a', { severity: 'critical' }));
    paint();
    expect(said()).toBe('New critical alert: Tools fail in a: session a.');
    announce(alert('a', { severity: 'critical', state: 'cleared' }));
    paint();
    expect(said()).toBe('New critical alert: Tools fail in a: session a.');
    announce(alert('b'), alert('c', { severity: 'info' }));
    paint();
    expect(said()).toBe('2 new alerts, the worst of them a warning alert: Tools fail in b: session b.');
  });

  it('shows what the server answered without waiting for the feed', () => {
    const { model } = scene(opsState(), opsState({ alerts: [alert('a')] }));
    model.acknowledged(alert('a', { acknowledged_at: second(3), acknowledged_by: 'ada' }));
    expect(model.view().ops?.open).toMatchObject([{ acknowledged_by: 'ada' }]);
    model.ingestionChanged({ mode: 'paused', by: 'ada', since: second(4) });
    expect(model.view().ops?.ingestion).toEqual({ mode: 'paused', by: 'ada', since: second(4) });
  });

  it('keeps what is shown when the next snapshot fails, and refuses a heartbeat without figures', () => {
    const { model } = scene(opsState(), opsState());
    model.fail('The server answered 503 to /api/ops.');
    expect(model.view()).toMatchObject({ failure: 'The server answered 503 to /api/ops.', ops: { open: [] } });
    expect(() => model.receiveHeartbeat({ at: second(1) })).toThrow('queue_depth');
  });
});
