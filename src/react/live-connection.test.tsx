import { act, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { createFeedConnection } from '../client/feed-connection.ts';
import { ScriptedEnvironment } from '../client/testing/scripted-environment.ts';
import { LiveConnectionProvider, useLiveConnection, useLiveFeed } from './live-connection.tsx';

function scene() {
  const environment = new ScriptedEnvironment();
  const connection = createFeedConnection({ url: '/stream', environment, onEvents: () => {} });
  const Page = () => {
    useLiveFeed(connection);
    return null;
  };
  const Header = () => <output>{useLiveConnection()?.status.name ?? 'none'}</output>;
  const tree = (hasPage: boolean) => (
    <StrictMode>
      <LiveConnectionProvider>
        <Header />
        {hasPage && <Page />}
      </LiveConnectionProvider>
    </StrictMode>
  );
  return { environment, tree };
}

afterEach(() => {
  document.body.innerHTML = '';
});

describe('useLiveFeed', () => {
  it('runs one connection under StrictMode and shows its status elsewhere', () => {
    const { environment, tree } = scene();
    render(tree(true));
    expect(environment.sockets.filter((socket) => !socket.isClosed)).toHaveLength(1);
    expect(screen.getByRole('status').textContent).toBe('connecting');
    act(() => environment.sockets.at(-1)?.send({ type: 'hello', cursor: 'e.1.t', feed: 'stream', heartbeatMs: 1_000 }));
    expect(screen.getByRole('status').textContent).toBe('live');
  });

  it('leaves nothing running when the page goes', () => {
    const { environment, tree } = scene();
    const { rerender } = render(tree(true));
    rerender(tree(false));
    expect(environment.leftovers).toBe(0);
    expect(screen.getByRole('status').textContent).toBe('none');
  });
});
