import { useQuery } from '@tanstack/react-query';
import { readSession, type Session } from './proposals-api.ts';

export const SESSION_KEY = ['proposals', 'session'] as const;

/** Who is signed in, as far as it is known. The server decides; this only says beforehand what it will refuse. */
export function useSession(): Session | undefined {
  const { data } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => readSession({ signal }),
    staleTime: 60_000,
    retry: false,
    networkMode: 'always',
  });
  return data ?? undefined;
}
