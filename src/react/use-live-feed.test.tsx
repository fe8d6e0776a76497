import { act, render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { LiveFeed } from './live-feed.ts';
import { cursor, hello, hookScene } from './testing/hook-scene.tsx';
import { useConnection } from './use-connection.ts';
import { useLiveFeed } from './use-live-feed.ts';

const feed: LiveFeed<number> = {
  url: '/numbers',
  transport: 'sse',
  parse: (message) => Number(message.value),
};
const other: LiveFeed = { url: '/other', transport: 'sse' };

const number = (seq: number, value: number) => ({ type: 'number', cursor: cursor(seq), value });

describe('useLiveFeed', () => {
  it('shares one connection between its users, under StrictMode too, and closes it after the last', async () => {
    const { environment, open, show, stream } = hookScene();
    const heard: Record<string, number[]> = { a: [], b: [] };
    const User = ({ name }: { readonly name: string }) => {
      useLiveFeed(feed, (events) => heard[name]?.push(...events));
      return null;
    };
    const view = await show([<User key="a" name="a" />, <User key="b" name="b" />]);
    expect(environment.streams).toHaveLength(1);
    expect(stream().url).toBe('http://millrace.test/numbers?cursor=latest');
    act(() => stream().send(hello(1)));
    act(() => stream().send(number(2, 20)));
    expect(heard).toEqual({ a: [20], b: [20] });
    await view.show(<User key="b" name="b" />);
    expect(open()).toHaveLength(1);
    act(() => stream().send(number(3, 30)));
    expect(heard).toEqual({ a: [20], b: [20, 30] });
    await view.show(null);
    expect(environment.leftovers).toBe(0);
  });

  it('stays open when one page hands the feed to the next', async () => {
    const { environment, show } = hookScene();
    const Page = () => <output>{useLiveFeed(feed).connectionStatus}</output>;
    const view = await show(<Page key="first" />);
    await view.show(<Page key="second" />);
    expect(environment.streams).toHaveLength(1);
  });

  it('calls the handler of the newest render', async () => {
    const { show, stream } = hookScene();
    const heard: string[] = [];
    const User = ({ name }: { readonly name: string }) => {
      useLiveFeed(feed, () => heard.push(name));
      return null;
    };
    const view = await show(<User name="old" />);
    act(() => stream().send(hello(1)));
    await view.show(<User name="new" />);
    act(() => stream().send(number(2, 20)));
    expect(heard).toEqual(['new']);
  });
});

describe('useConnection', () => {
  it('tells of the connection in the most trouble, and reconnects all that are not live', async () => {
    const { environment, show, advance } = hookScene();
    const Page = () => {
      useLiveFeed(feed);
      useLiveFeed(other);
      const connection = useConnection();
      return (
        <button type="button" onClick={connection?.reconnect}>
          {connection?.connectionStatus ?? 'none'}
        </button>
      );
    };
    await show(<Page />);
    const button = screen.getByRole('button');
    expect(button.textContent).toBe('reconnecting');
    act(() => environment.streams[0]?.send(hello(1)));
    expect(button.textContent).toBe('reconnecting');
    act(() => environment.streams[1]?.send(hello(1)));
    expect(button.textContent).toBe('connected');
    act(() => environment.streams[1]?.end());
    expect(button.textContent).toBe('reconnecting');
    act(() => button.click());
    expect(environment.streams).toHaveLength(3);
    expect(environment.streams[0]?.isClosed).toBe(false);
    act(() => environment.setOnline(false));
    expect(button.textContent).toBe('offline');
    await advance();
  });

  it('says what is missing where there is no provider', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const Page = () => <i>{useConnection()?.connectionStatus}</i>;
    expect(() => render(<Page />)).toThrow('millrace hooks need a <MillraceProvider> above them');
    vi.restoreAllMocks();
  });
});
