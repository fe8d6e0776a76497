import { postRequest } from './http-connection.ts';

const CHANNELS = 200;
const USERS = 5_000;
/** In every message, in one of eight, rare: as words are in what people write. */
const COMMON = ['the', 'a', 'deploy', 'hello', 'error', 'of', 'to', 'done'];
const RARE = 20_000;
const RARE_PER_MESSAGE = 8;

/** The JSON of a message of the usual size, about 170 bytes; few of the users and channels say most of it. */
function messageText(mark: number): string {
  const rare = Array.from({ length: RARE_PER_MESSAGE }, () => `w${Math.floor(RARE * Math.random() ** 3).toString(36)}`);
  return JSON.stringify({
    user: `user-${Math.floor(USERS * Math.random() ** 2)}`,
    channel: `#channel-${Math.floor(CHANNELS * Math.random() ** 2)}`,
    text: `${rare.join(' ')} ${COMMON[mark % COMMON.length]} message`,
  });
}

/** A request with `count` messages. */
export function messagesRequest(mark: number, count: number): Uint8Array {
  const lines = Array.from({ length: count }, (_, index) => `${messageText(mark + index)}\n`);
  return postRequest('/api/messages', 'application/x-ndjson', lines.join(''));
}
