import type { HelloFrame, ServerFrame } from '../protocol/frames.ts';
import { readFrame } from '../protocol/read-frame.ts';

/** What the tabs that share a stream tell each other. `leader` names the one that has the connection. */
export type TabMessage =
  /** Who has the connection? */
  | { readonly type: 'ask' }
  /** I have, and it is being opened. */
  | { readonly type: 'opening'; readonly leader: string }
  /** I have, and it has reached the cursor of `hello`. */
  | { readonly type: 'joined'; readonly leader: string; readonly hello: HelloFrame }
  | { readonly type: 'frame'; readonly leader: string; readonly frame: ServerFrame }
  | { readonly type: 'lost'; readonly leader: string; readonly code: number };

/** The message of another tab, whose page may be of another version; undefined for anything that is none. */
export function readTabMessage(value: unknown): TabMessage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  if (value.type === 'ask') return { type: 'ask' };
  if (!('leader' in value) || typeof value.leader !== 'string') return undefined;
  const { leader } = value;
  try {
    if (value.type === 'opening') return { type: 'opening', leader };
    if (value.type === 'lost' && 'code' in value) return { type: 'lost', leader, code: Number(value.code) };
    if (value.type === 'frame' && 'frame' in value) return { type: 'frame', leader, frame: readFrame(value.frame) };
    if (value.type !== 'joined' || !('hello' in value)) return undefined;
    const hello = readFrame(value.hello);
    return hello.type === 'hello' ? { type: 'joined', leader, hello } : undefined;
  } catch {
    return undefined;
  }
}
