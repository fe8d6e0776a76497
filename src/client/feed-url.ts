/** The URL of a feed for one transport; without a cursor the stream is joined at its head. */
export function feedUrl(
  url: string,
  baseUrl: string | undefined,
  { socket, cursor }: { readonly socket: boolean; readonly cursor: string | undefined },
): string {
  const full = new URL(url, baseUrl);
  if (socket) full.protocol = full.protocol === 'https:' || full.protocol === 'wss:' ? 'wss:' : 'ws:';
  full.searchParams.set('cursor', cursor ?? 'latest');
  return full.href;
}
