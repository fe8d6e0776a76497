import { describe, expect, it } from 'vitest';
import { liveOps, type OpsMessage, updateOps, withIngestion, withKpis } from './ops-state.ts';
import { alert, connector, cursor, kpis, opsState, second } from './testing/ops-fixtures.ts';

const at = { cursor: cursor(11) };
const row = { type: 'connector', ...at, as_of: cursor(11) } as const;

describe('updateOps', () => {
  it('puts the worst alert first, then the newest, whatever their order', () => {
    const { open } = liveOps(
      opsState({
        alerts: [
          alert('info', { severity: 'info', raised_at: second(9) }),
          alert('older', { raised_at: second(1) }),
          alert('newer', { raised_at: second(2) }),
          alert('critical', { severity: 'critical' }),
        ],
      }),
    );
    expect(open.map(({ id }) => id)).toEqual(['critical', 'newer', 'older', 'info']);
  });

  it('replaces an alert by the newest of its id, and moves it away when it is cleared', () => {
    const first = liveOps(opsState({ alerts: [alert('a')] }));
    const again = updateOps(first, { type: 'alert', ...alert('a', { count: 2 }), ...at });
    expect(again.open.map(({ id, count }) => ({ id, count }))).toEqual([{ id: 'a', count: 2 }]);
    const cleared = alert('a', { count: 2, state: 'cleared', cleared_at: second(5) });
    const after = updateOps(again, { type: 'alert', ...cleared, ...at });
    expect(after.open).toEqual([]);
    expect(after.cleared).toEqual([cleared]);
    expect(updateOps(after, { type: 'alert', ...cleared, ...at }).cleared).toEqual([cleared]);
  });

  it('keeps no more cleared alerts than it shows, the newest', () => {
    const cleared = Array.from({ length: 30 }, (_, index) =>
      alert(`a${index}`, { state: 'cleared', cleared_at: second(index) }),
    );
    const kept = liveOps(opsState({ alerts: cleared })).cleared.map(({ id }) => id);
    expect(kept).toHaveLength(20);
    expect(kept[0]).toBe('a29');
  });

  it('keeps what is newer than a row that comes late', () => {
    const first = liveOps(opsState({ cursor: cursor(10), connectors: [connector('a')] }));
    const late = (seq: number) => ({ ...row, ...connector('a', { liveness: 'down' }), as_of: cursor(seq) });
    expect(updateOps(first, late(9))).toBe(first);
    const removed = updateOps(first, { ...row, ...connector('a'), removed: true, as_of: cursor(12) });
    expect(removed.connectors).toEqual([]);
    expect(updateOps(removed, late(11))).toBe(removed);
    expect(updateOps(removed, late(12)).connectors).toHaveLength(1);
  });

  it('replaces rows of connectors by their id, and takes out those that were removed', () => {
    const first = liveOps(opsState({ connectors: [connector('b'), connector('a')] }));
    expect(first.connectors.map(({ id }) => id)).toEqual(['a', 'b']);
    const down = updateOps(first, { ...row, ...connector('b', { liveness: 'down', provider_failures: 3 }) });
    expect(down.connectors[1]).toEqual(connector('b', { liveness: 'down', provider_failures: 3 }));
    const more = updateOps(down, { ...row, ...connector('c') });
    expect(more.connectors).toHaveLength(3);
    expect(updateOps(more, { ...row, ...connector('a'), removed: true }).connectors.map(({ id }) => id)).toEqual([
      'b',
      'c',
    ]);
  });

  it('appends tokens to the answer they belong to', () => {
    const message = {
      id: 'm',
      role: 'assistant',
      status: 'streaming',
      error: null,
      actor: null,
      at: second(0),
    } as const;
    const messages: OpsMessage[] = [
      { type: 'chat_message', message: { ...message, tokens: [] }, ...at },
      { type: 'chat_token', message_id: 'm', index: 0, token: 'Al', tokens: ['Al', 'l'], ...at },
      { type: 'chat_token', message_id: 'm', index: 2, token: ' well', tokens: [' well'], ...at },
      { type: 'chat_complete', message_id: 'm', status: 'complete', error: null, actor: null, token_count: 3, ...at },
    ];
    const { chat } = messages.reduce(updateOps, liveOps(opsState()));
    expect(chat.messages).toMatchObject([{ id: 'm', status: 'complete', tokens: ['Al', 'l', ' well'] }]);
  });
});

describe('withKpis', () => {
  it('takes the figures of a later moment and none of an earlier one', () => {
    const state = liveOps(opsState({ kpis: kpis({ at: second(10) }) }));
    expect(withKpis(state, kpis({ at: second(9), queue_depth: 3 }))).toBe(state);
    expect(withKpis(state, kpis({ at: second(11), queue_depth: 3 })).kpis.queue_depth).toBe(3);
  });
});

describe('withIngestion', () => {
  it('follows the latest decision, whether an event or a heartbeat brings it', () => {
    const paused = { mode: 'paused', by: 'ada', since: second(20) } as const;
    const state = updateOps(liveOps(opsState()), { type: 'ingestion', ...paused, ...at });
    expect(state.ingestion).toEqual(paused);
    expect(withKpis(state, kpis({ at: second(21) })).ingestion).toEqual(paused);
    const running = { mode: 'running', by: 'bob', since: second(30) } as const;
    expect(withIngestion(state, running).ingestion).toEqual(running);
    expect(withIngestion(withIngestion(state, running), paused).ingestion).toEqual(running);
  });
});
