import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { createFeedConnection } from '../client/feed-connection.ts';
import { hello, hookScene } from './testing/hook-scene.tsx';
import { useConnection } from './use-connection.ts';
import { useFeedConnection } from './use-feed-connection.ts';

function scene() {
  const it = hookScene();
  const connection = createFeedConnection({ url: '/stream', environment: it.environment, onEvents: () => {} });
  const Page = () => {
    useFeedConnection(connection);
    return null;
  };
  const Header = () => <output>{useConnection()?.status.name ?? 'none'}</output>;
  const tree = (hasPage: boolean) => (
    <>
      <Header />
      {hasPage && <Page />}
    </>
  );
  return { ...it, tree };
}

describe('useFeedConnection', () => {
  it('runs one connection under StrictMode and shows its status elsewhere', async () => {
    const { environment, open, show, tree } = scene();
    await show(tree(true));
    expect(open()).toHaveLength(1);
    expect(screen.getByRole('status').textContent).toBe('connecting');
    act(() => environment.sockets.at(-1)?.send(hello(1)));
    expect(screen.getByRole('status').textContent).toBe('live');
  });

  it('leaves nothing running when the page goes', async () => {
    const { environment, show, tree } = scene();
    const view = await show(tree(true));
    await view.show(tree(false));
    expect(environment.leftovers).toBe(0);
    expect(screen.getByRole('status').textContent).toBe('none');
  });
});
