import type { HelloFrame, ServerFrame } from '../protocol/frames.ts';
import { catchUp } from './catch-up.ts';
import type { ClientEnvironment, Socket, Tabs } from './environment.ts';
import { RefusedError } from './feed-problem.ts';
import { openStream, type StreamHandlers, type StreamRequest } from './open-stream.ts';
import { positionAfter } from './stream-frame.ts';
import { readTabMessage, type TabMessage } from './tab-message.ts';

/*
 * The tabs that show a feed wait for one lock. Who has it is the leader: it opens the stream and tells the others every
 * frame. When its tab is gone the browser gives the lock to the next, which opens the stream where it stands itself.
 *
 * Every tab keeps its own cursor. A leader says where its stream stands when another joins; who is behind that reads what
 * lies between by the JSON transport, while the frames that come meanwhile wait.
 */

/** Without a word from a leader for this long, a tab opens a stream of its own. */
const LEADER_LIMIT_MS = 1_000;
/** Frames that may wait while a tab catches up; beyond it the tab begins anew. */
const MAX_WAITING_FRAMES = 1_000;
const ABNORMAL_CLOSURE = 1006;
const UNAUTHORIZED = 4001;

/** Like {@link openStream}, over the one connection that all tabs of the browser share. */
export function openSharedStream(
  environment: ClientEnvironment,
  request: StreamRequest,
  handlers: StreamHandlers,
): Socket {
  const { tabs } = environment;
  return tabs ? joinStream({ environment, tabs, request, handlers }) : openStream(environment, request, handlers);
}

interface Joining {
  readonly environment: ClientEnvironment;
  readonly tabs: Tabs;
  readonly request: StreamRequest;
  readonly handlers: StreamHandlers;
}

function joinStream({ environment, tabs, request, handlers }: Joining): Socket {
  const id = tabs.createId();
  // Another version of the protocol between tabs gets another number.
  const name = `millrace:1:${request.transport}:${new URL(request.url, environment.baseUrl).href}`;
  const abort = new AbortController();
  const { signal } = abort;
  let release = () => {};
  let own: Socket | undefined;
  let ownHello: HelloFrame | undefined;
  let leader: string | undefined;
  /** Where this tab stands, and whether it was told so: `hello` is given once. */
  let position = request.cursor;
  let isOpen = false;
  /** Frames that wait until the tab has caught up; undefined when it has. */
  let waiting: ServerFrame[] | undefined = [];
  let catching: AbortController | undefined;
  /** Whether another tab has ever been heard: frames are told to nobody as long as this one is alone. */
  let isHeard = false;

  const channel = tabs.openChannel(name, (value) => {
    const message = readTabMessage(value);
    isHeard = true;
    if (message && !signal.aborted) hear(message);
  });
  const cancelLimit = environment.schedule(LEADER_LIMIT_MS, goAlone);
  tabs.holdLock(name, signal, lead);
  channel.post({ type: 'ask' } satisfies TabMessage);
  // Only the leader has a connection to send on; the others' tokens are for their own requests.
  return {
    close,
    get send() {
      return own ? own.send : () => {};
    },
  };

  function close(): void {
    abort.abort();
    cancelLimit();
    catching?.abort();
    own?.close();
    channel.close();
    release();
  }

  function fail(code: number): void {
    if (signal.aborted) return;
    close();
    handlers.onClose(code);
  }

  function tell(message: TabMessage): void {
    channel.post(message);
    hear(message);
  }

  function hear(message: TabMessage): void {
    if (message.type === 'ask') {
      if (ownHello) channel.post({ type: 'joined', leader: id, hello: ownHello } satisfies TabMessage);
      else if (own) channel.post({ type: 'opening', leader: id } satisfies TabMessage);
      return;
    }
    cancelLimit();
    switch (message.type) {
      case 'opening':
        return;
      case 'joined':
        if (message.leader !== leader) join(message.leader, message.hello);
        return;
      case 'frame':
        if (message.leader === leader) take(message.frame);
        return;
      case 'lost':
        if (message.leader === leader || leader === undefined) fail(message.code);
        return;
      default:
        return message satisfies never;
    }
  }

  /** Runs while this tab holds the lock. */
  function lead(): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    own = openStream(
      environment,
      { ...request, cursor: position },
      {
        onInvalid: handlers.onInvalid,
        onFrame(frame) {
          if (frame.type === 'hello') {
            ownHello = frame;
            tell({ type: 'joined', leader: id, hello: frame });
            return;
          }
          const cursor = positionAfter(frame, ownHello?.cursor);
          if (ownHello && cursor !== undefined) ownHello = { ...ownHello, cursor };
          if (isHeard) tell({ type: 'frame', leader: id, frame });
          else hear({ type: 'frame', leader: id, frame });
        },
        onClose(code) {
          channel.post({ type: 'lost', leader: id, code } satisfies TabMessage);
          fail(code);
        },
      },
    );
    tell({ type: 'opening', leader: id });
    return held;
  }

  /** The leader does not answer: its page may be frozen. */
  function goAlone(): void {
    close();
    own = openStream(environment, { ...request, cursor: position }, handlers);
  }

  function join(by: string, hello: HelloFrame): void {
    leader = by;
    waiting = [];
    catching?.abort();
    catching = new AbortController();
    const from = position ?? hello.cursor;
    position = from;
    // To a leader that has not heard the first word of this tab; frames it kept to itself show as a gap.
    if (by !== id) channel.post({ type: 'ask' } satisfies TabMessage);
    if (!isOpen) {
      isOpen = true;
      handlers.onFrame({ ...hello, cursor: from });
    }
    const attempt = catching;
    catchUp(environment, {
      url: request.url,
      token: request.token(),
      from,
      to: hello.cursor,
      signal: attempt.signal,
      onFrame: give,
    }).then(
      () => !attempt.signal.aborted && caughtUp(),
      (cause: unknown) => {
        if (!attempt.signal.aborted) fail(cause instanceof RefusedError ? UNAUTHORIZED : ABNORMAL_CLOSURE);
      },
    );
  }

  function caughtUp(): void {
    const frames = waiting ?? [];
    waiting = undefined;
    for (const frame of frames) if (!signal.aborted) give(frame);
  }

  function take(frame: ServerFrame): void {
    if (!waiting) give(frame);
    else if (waiting.push(frame) > MAX_WAITING_FRAMES) fail(ABNORMAL_CLOSURE);
  }

  function give(frame: ServerFrame): void {
    position = positionAfter(frame, position);
    handlers.onFrame(frame);
  }
}
