import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { connectionStatusKey } from './connection-status-key.ts';
import { RECONCILIATION_KEY } from './reconciliation-feed.ts';
import { cursor, hello, hookScene } from './testing/hook-scene.tsx';
import { useReconciliationStream } from './use-reconciliation-stream.ts';

const update = (seq: number, service: string, status: string) => ({
  type: 'reconciliation.update',
  cursor: cursor(seq),
  eventId: `${seq}`,
  service,
  status,
  counts: { rows: seq },
  checksum: 'c0ffee',
  latencyMs: 3,
});

function Page() {
  const { services, connectionStatus, isStale, lastUpdatedAt, reconnect, status } = useReconciliationStream();
  return (
    <>
      <output>{connectionStatus}</output>
      <p data-testid="rows">{services.map((item) => `${item.service} ${item.status}`).join(', ')}</p>
      <p data-testid="facts">{`${status} ${isStale ? 'stale' : 'fresh'} ${lastUpdatedAt === undefined ? 'never' : 'dated'}`}</p>
      <button type="button" onClick={reconnect}>
        Reconnect
      </button>
    </>
  );
}

const rows = () => screen.getByTestId('rows').textContent;
const facts = () => screen.getByTestId('facts').textContent;
const shownStatus = () => screen.getByRole('status').textContent;

/** A page whose server knows billing as of position 10. */
async function livePage() {
  const it = hookScene();
  const latest = { services: [update(10, 'billing', 'verified')], cursor: cursor(10) };
  it.environment.respond = () => Response.json(latest);
  const view = await it.show(<Page />);
  act(() => it.stream().send(hello(10)));
  await it.advance();
  return { ...it, view, latest };
}

describe('useReconciliationStream', () => {
  it('loads the snapshot once, tails from its cursor, and is connected', async () => {
    const { environment, stream } = await livePage();
    expect(environment.requests).toEqual(['http://millrace.test/reconciliation/latest']);
    expect(stream().url).toBe(`http://millrace.test/reconciliation/stream?cursor=${cursor(10)}`);
    expect(stream().options.eventTypes).toContain('reconciliation.update');
    expect([rows(), facts(), shownStatus()]).toEqual(['billing verified', 'success fresh dated', 'connected']);
  });

  it('puts updates into the query cache, each service once', async () => {
    const { stream, queryClient, advance } = await livePage();
    act(() => stream().send(update(11, 'billing', 'discrepancy')));
    act(() => stream().send(update(12, 'archive', 'stale')));
    await advance();
    expect(rows()).toBe('archive stale, billing discrepancy');
    expect(queryClient.getQueryData(RECONCILIATION_KEY)).toMatchObject({ cursor: cursor(12) });
  });

  it('keeps the connection status in the query cache under its documented key', async () => {
    const { stream, queryClient, advance, view } = await livePage();
    const key = connectionStatusKey('/reconciliation/stream');
    expect(key).toEqual(['millrace', 'connection', '/reconciliation/stream']);
    expect(queryClient.getQueryData(key)).toBe('connected');
    act(() => stream().end());
    await advance();
    expect(queryClient.getQueryData(key)).toBe('reconnecting');
    await view.show(null);
    expect(queryClient.getQueryData(key)).toBe('offline');
  });

  it('skips an update that is none and goes on', async () => {
    const { stream, advance } = await livePage();
    act(() => stream().send({ ...update(11, 'billing', 'discrepancy'), latencyMs: 'soon' } as never));
    act(() => stream().send(update(12, 'archive', 'stale')));
    await advance();
    expect(rows()).toBe('archive stale, billing verified');
    expect(shownStatus()).toBe('connected');
  });

  it('keeps its rows while it reconnects, polls after the fifth failure, and is live again on request', async () => {
    const { environment, stream, advance, latest } = await livePage();
    environment.respond = () => new Response('', { status: 503 });
    act(() => stream().end());
    await advance();
    expect([rows(), facts(), shownStatus()]).toEqual(['billing verified', 'success stale dated', 'reconnecting']);
    for (const delayMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
      expect(shownStatus()).toBe('reconnecting');
      await advance(delayMs);
      act(() => stream().end());
    }
    await advance();
    expect(shownStatus()).toBe('polling-fallback');
    expect(rows()).toBe('billing verified');
    environment.respond = () =>
      Response.json({ ...latest, services: [update(11, 'billing', 'stale')], cursor: cursor(11) });
    await advance(10_000);
    expect(rows()).toBe('billing stale');
    act(() => screen.getByRole('button').click());
    expect(stream().url).toContain(`cursor=${cursor(11)}`);
    act(() => stream().send(hello(11)));
    act(() => stream().send(update(12, 'billing', 'verified')));
    await advance();
    expect([rows(), facts(), shownStatus()]).toEqual(['billing verified', 'success fresh dated', 'connected']);
  });

  it('closes and reopens a stream that was silent for 30 s', async () => {
    const { environment, stream, advance } = await livePage();
    await advance(15_000);
    act(() => stream().send({ type: 'heartbeat', cursor: cursor(10) }));
    await advance(29_999);
    expect(shownStatus()).toBe('connected');
    expect(environment.streams).toHaveLength(1);
    await advance(1);
    expect(environment.streams[0]?.isClosed).toBe(true);
    expect(shownStatus()).toBe('reconnecting');
    await advance(1_000);
    expect(environment.streams).toHaveLength(2);
  });

  it('loads the snapshot again when the server cannot continue from its cursor', async () => {
    const { environment, stream, advance } = await livePage();
    environment.respond = () => Response.json({ services: [update(3, 'archive', 'verified')], cursor: 'f.3.t3' });
    act(() => stream().send({ type: 'heartbeat', cursor: cursor(10) }));
    act(() => stream().send({ type: 'reset', cursor: 'f.3.t3', reason: 'epoch_changed' } as never));
    await advance();
    expect(rows()).toBe('archive verified');
    expect(stream().url).toContain('cursor=f.3.t3');
  });

  it('is never without an answer: a snapshot that fails is an error, and is tried again', async () => {
    const it = hookScene();
    await it.show(<Page />);
    expect(facts()).toBe('error stale never');
    it.environment.respond = () => Response.json({ services: [], cursor: cursor(1) });
    await it.advance(1_000);
    expect(facts()).toBe('success stale dated');
    act(() => it.stream().send(hello(1)));
    await it.advance();
    expect(facts()).toBe('success fresh dated');
  });
});
