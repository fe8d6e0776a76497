/**
 * The URL of a feed for one transport; without a cursor the stream is joined at its head. `connection` names the connection
 * unless the URL has a name already (PROTOCOL R28).
 */
export function feedUrl(
  url: string,
  baseUrl: string | undefined,
  {
    socket,
    cursor,
    connection,
  }: { readonly socket: boolean; readonly cursor: string | undefined; readonly connection?: string | undefined },
): string {
  const full = new URL(url, baseUrl);
  if (socket) full.protocol = full.protocol === 'https:' || full.protocol === 'wss:' ? 'wss:' : 'ws:';
  full.searchParams.set('cursor', cursor ?? 'latest');
  if (connection !== undefined && !full.searchParams.has('connection')) full.searchParams.set('connection', connection);
  return full.href;
}
