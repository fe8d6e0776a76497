/**
 * Where the status of a feed's connection stands in the query cache: a `ReliableStatus`, for example
 * `queryClient.getQueryData(connectionStatusKey('/reconciliation/stream'))` (specs/001, task 2).
 */
export function connectionStatusKey(feedUrl: string): readonly ['millrace', 'connection', string] {
  return [...CONNECTION_STATUS_PREFIX, feedUrl];
}

export const CONNECTION_STATUS_PREFIX = ['millrace', 'connection'] as const;
