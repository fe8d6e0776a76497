import { afterEach, describe, expect, it, vi } from 'vitest';
import { runtimeEnvironment } from './runtime-environment.ts';

/** A socket whose events the test dispatches. */
class FakeWebSocket extends EventTarget {
  static last: FakeWebSocket | undefined;
  isClosed = false;

  constructor(_url: string, protocols: readonly string[]) {
    super();
    if (protocols.includes('not a token')) throw new SyntaxError('invalid subprotocol');
    FakeWebSocket.last = this;
  }

  close(): void {
    this.isClosed = true;
  }
}

function open(protocols: readonly string[] = ['millrace.v1']) {
  vi.stubGlobal('WebSocket', FakeWebSocket);
  const codes: number[] = [];
  const socket = runtimeEnvironment.openSocket?.('ws://millrace.test/stream', protocols, {
    onMessage: () => {},
    onClose: (code) => codes.push(code),
  });
  return { socket, codes };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a WebSocket of the runtime', () => {
  it('ends once, at its error, whether a close follows or not', () => {
    const { codes } = open();
    FakeWebSocket.last?.dispatchEvent(new Event('error'));
    FakeWebSocket.last?.dispatchEvent(new CloseEvent('close', { code: 1006 }));
    expect(codes).toEqual([1006]);
    expect(FakeWebSocket.last?.isClosed).toBe(true);
  });

  it('ends with the code of its close', () => {
    const { codes } = open();
    FakeWebSocket.last?.dispatchEvent(new CloseEvent('close', { code: 4008 }));
    expect(codes).toEqual([4008]);
  });

  it('ends a moment later where it may not even be made', () => {
    vi.useFakeTimers();
    const { codes } = open(['not a token']);
    expect(codes).toEqual([]);
    vi.runAllTimers();
    expect(codes).toEqual([1006]);
  });

  it('tells nothing after it was closed', () => {
    const { socket, codes } = open();
    socket?.close();
    FakeWebSocket.last?.dispatchEvent(new CloseEvent('close', { code: 1006 }));
    expect(codes).toEqual([]);
  });
});
