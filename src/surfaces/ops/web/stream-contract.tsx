import type { OpsStream } from './stream.ts';

/**
 * Says, for programs that read the page, how it is kept live (specs/000 AC-1 to AC-4). Everything in it is read from what
 * the connection is made with; that it is begun with the page is what `useFeedConnection` does.
 */
export function StreamContract({ stream }: { readonly stream: OpsStream }) {
  const { transport, policy, poll, targets } = stream;
  return (
    <section
      id="tau-ops-stream-contract"
      hidden
      data-component="RealtimeStreamContract"
      data-operator-visible="false"
      data-stream-transport={transport}
      data-stream-connect-on-load="true"
      data-heartbeat-target={targets.kpis}
      data-alert-feed-target={targets.alerts}
      data-chat-stream-mode={transport}
      data-chat-polling={poll ? 'enabled' : 'disabled'}
      data-connector-health-target={targets.connectors}
      data-reconnect-strategy={policy.factor > 1 ? 'exponential-backoff' : 'fixed-delay'}
      data-reconnect-base-ms={policy.initialDelayMs}
      data-reconnect-max-ms={policy.maxDelayMs}
    />
  );
}
