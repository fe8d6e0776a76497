import { readJson } from '../../../react/read-json.ts';
import { RequestError } from '../../../react/request-error.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { type UserDetail, userDetailSchema } from '../events.ts';
import { browserFetch } from './messages-api.ts';

const NOT_FOUND = 404;

/** A user with the newest messages; undefined when there is no such user. */
export async function readUser(
  name: string,
  signal: AbortSignal,
  fetch: PreloadRequest['fetch'] = browserFetch,
): Promise<UserDetail | undefined> {
  const path = `/api/users/${encodeURIComponent(name)}`;
  try {
    return userDetailSchema.parse(await readJson({ fetch }, { url: path, path, signal }));
  } catch (cause) {
    if (cause instanceof RequestError && cause.status === NOT_FOUND) return undefined;
    throw cause;
  }
}
