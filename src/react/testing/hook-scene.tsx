import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render } from '@testing-library/react';
import { type ReactNode, StrictMode } from 'react';
import { afterEach } from 'vitest';
import { ScriptedEnvironment } from '../../client/testing/scripted-environment.ts';
import { MillraceProvider } from '../millrace-provider.tsx';

export const cursor = (seq: number) => `e.${seq}.t${seq}`;
export const hello = (seq: number) => ({ type: 'hello', cursor: cursor(seq), feed: 'feed', heartbeatMs: 15_000 });

/** Components under StrictMode, with a scripted environment and a query cache of their own. */
export function hookScene() {
  const environment = new ScriptedEnvironment();
  const queryClient = new QueryClient();
  const tree = (children: ReactNode) => (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <MillraceProvider environment={environment} baseUrl="http://millrace.test">
          {children}
        </MillraceProvider>
      </QueryClientProvider>
    </StrictMode>
  );
  /** Lets requests, promises and React's work come to rest, and moves the clock. */
  const advance = (ms = 0) =>
    act(async () => {
      await environment.advance(ms);
      // The query cache notifies by a timer of zero length.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
      await environment.advance(0);
    });
  return {
    environment,
    queryClient,
    advance,
    open: () => [...environment.streams, ...environment.sockets].filter(({ isClosed }) => !isClosed),
    stream() {
      const last = environment.streams.at(-1);
      if (!last) throw new Error('no stream was opened');
      return last;
    },
    async show(children: ReactNode) {
      const view = render(tree(children));
      await advance();
      return {
        async show(next: ReactNode) {
          view.rerender(tree(next));
          await advance();
        },
      };
    },
  };
}

afterEach(cleanup);
