import { useParams } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useRendered } from '../../../react/rendered.tsx';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import type { UserDetail } from '../events.ts';
import { readUser } from './user-api.ts';
import { UserKnown } from './user-known.tsx';
import { UserUnknown } from './user-unknown.tsx';

/** The page `/users/<user-name>` (specs/003). */
export function Page() {
  const { user = '' } = useParams({ strict: false });
  return <User key={user} name={user} />;
}

/** A user, or word that there is none. */
interface RenderedUser {
  readonly user: UserDetail | null;
}

export async function preload({ params, fetch, signal }: PreloadRequest): Promise<RenderedUser> {
  return { user: (await readUser(params.user ?? '', signal, fetch)) ?? null };
}

/** A user who is not there yet is waited for; what is there keeps its page, even deleted. */
function User({ name }: { readonly name: string }) {
  const rendered = useRendered<RenderedUser>();
  const [isUnknown, setUnknown] = useState(rendered !== undefined && rendered.user === null);
  const arrive = useCallback(() => setUnknown(false), []);
  const miss = useCallback(() => setUnknown(true), []);
  return isUnknown ? (
    <UserUnknown name={name} onArrival={arrive} />
  ) : (
    <UserKnown name={name} rendered={rendered?.user ?? undefined} onUnknown={miss} />
  );
}
