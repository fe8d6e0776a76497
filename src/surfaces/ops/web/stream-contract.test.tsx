import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RECONNECT_POLICY } from '../../../protocol/reconnect-policy.ts';
import { type OpsStream, STREAM } from './stream.ts';
import { StreamContract } from './stream-contract.tsx';

const marksOf = (stream: OpsStream) =>
  Object.fromEntries(
    [...renderToStaticMarkup(<StreamContract stream={stream} />).matchAll(/ data-([\w-]+)="([^"]*)"/g)].map(
      ([, name, value]) => [name, value],
    ),
  );

describe('StreamContract', () => {
  it('says the delays of the policy that the client reconnects by', () => {
    expect(marksOf(STREAM)).toMatchObject({
      'reconnect-strategy': 'exponential-backoff',
      'reconnect-base-ms': String(STREAM.policy.initialDelayMs),
      'reconnect-max-ms': String(STREAM.policy.maxDelayMs),
    });
    const policy = { ...DEFAULT_RECONNECT_POLICY, initialDelayMs: 250, maxDelayMs: 5_000, factor: 1 };
    expect(marksOf({ ...STREAM, policy })).toMatchObject({
      'reconnect-strategy': 'fixed-delay',
      'reconnect-base-ms': '250',
      'reconnect-max-ms': '5000',
    });
  });

  it('says the transport, the polling and the targets of the connection', () => {
    const other: OpsStream = {
      ...STREAM,
      transport: 'sse',
      poll: { afterFailures: 1, everyMs: 1_000 },
      targets: { kpis: 'a', alerts: 'b', connectors: 'c' },
    };
    expect(marksOf(other)).toMatchObject({
      'stream-transport': 'sse',
      'chat-stream-mode': 'sse',
      'chat-polling': 'enabled',
      'heartbeat-target': 'a',
      'alert-feed-target': 'b',
      'connector-health-target': 'c',
    });
  });
});
