import { useParams } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { UserKnown } from './user-known.tsx';
import { UserUnknown } from './user-unknown.tsx';

/** The page `/users/<user-name>` (specs/003). */
export function Page() {
  const { user = '' } = useParams({ strict: false });
  return <User key={user} name={user} />;
}

/** A user who is not there yet is waited for; what is there keeps its page, even deleted. */
function User({ name }: { readonly name: string }) {
  const [isUnknown, setUnknown] = useState(false);
  const arrive = useCallback(() => setUnknown(false), []);
  const miss = useCallback(() => setUnknown(true), []);
  return isUnknown ? <UserUnknown name={name} onArrival={arrive} /> : <UserKnown name={name} onUnknown={miss} />;
}
