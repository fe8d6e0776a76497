import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useRendered } from '../../../react/rendered.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import type { ApiRead } from './call-api.ts';
import { readSession, type Session } from './proposals-api.ts';
import { SESSION_KEY } from './use-session.ts';

/** What a page of the surface shows first, and to whom. */
interface RenderedState<State> {
  readonly session: Session | null;
  readonly state: State;
}

/** Reads a state and who it is read for. */
export async function preloadState<State>(
  { fetch, signal }: PreloadRequest,
  read: (request: ApiRead) => Promise<State>,
): Promise<RenderedState<State>> {
  const [session, state] = await Promise.all([readSession({ fetch, signal }), read({ fetch, signal })]);
  return { session, state };
}

/** The state that the server has rendered; who is signed in is then known, too. */
export function useRenderedState<State>(): State | undefined {
  const rendered = useRendered<RenderedState<State>>();
  const queryClient = useQueryClient();
  useState(() => {
    if (rendered) queryClient.setQueryData(SESSION_KEY, rendered.session);
  });
  return rendered?.state;
}
