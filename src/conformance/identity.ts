/**
 * Headers that say who asks: those of the token; without one, of the session that a server on loopback gives to its own
 * pages. Empty where there is neither. Throws where no server answers.
 */
export async function identify(baseUrl: string, token: string | undefined): Promise<Readonly<Record<string, string>>> {
  const { origin } = new URL(baseUrl);
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  const response = await fetch(`${baseUrl}/auth/session`, {
    ...(authorization ? { headers: { authorization } } : { method: 'POST', headers: { origin } }),
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) => {
    throw new Error(`no server answers at ${baseUrl}`, { cause });
  });
  await response.arrayBuffer();
  if (authorization) return { authorization };
  const [cookie] = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
  return response.status === 201 && cookie ? { cookie, origin } : {};
}
