import { DATA_BEGIN, DATA_END } from '../../surfaces/ops/chat/chat-prompt.ts';

interface ShownState {
  readonly kpis?: {
    readonly health?: { readonly state?: string; readonly reason?: string };
    readonly queue_depth?: number;
    readonly events_per_minute?: number;
    readonly failure_streak?: { readonly count?: number; readonly of?: string | null };
    readonly clients?: { readonly connected?: number };
  };
  readonly open_alerts?: readonly { readonly severity?: string; readonly title?: string; readonly message?: string }[];
  readonly connectors?: readonly { readonly channel?: string; readonly liveness?: string }[];
}

const NOTICE = 'This answer is scripted: no model has read your question.';

/** The state that a question about operations comes with, told back in Markdown; undefined for other conversations. */
export function opsAnswer(said: readonly string[]): string | undefined {
  const data = said.find((text) => text.startsWith(DATA_BEGIN) && text.endsWith(DATA_END));
  if (data === undefined) return undefined;
  const state = JSON.parse(data.slice(DATA_BEGIN.length, -DATA_END.length)) as ShownState;
  const { kpis = {}, open_alerts: alerts = [], connectors = [] } = state;
  const { health = {}, failure_streak: streak = {} } = kpis;
  const failing = streak.count ? `${streak.count} in a row${streak.of ? ` (\`${streak.of}\`)` : ''}` : 'none';
  return [
    `*${NOTICE}*`,
    `Millrace is **${health.state ?? 'unknown'}**: ${health.reason ?? 'nothing was measured yet'}`,
    [
      '| figure | now |',
      '|---|---|',
      `| events waiting | ${kpis.queue_depth ?? 0} |`,
      `| events in the last minute | ${kpis.events_per_minute ?? 0} |`,
      `| failures | ${failing} |`,
      `| readers connected | ${kpis.clients?.connected ?? 0} |`,
    ].join('\n'),
    alerts.length === 0 ? 'No alert is open.' : `**Open alerts**\n\n${alerts.map(alertLine).join('\n')}`,
    connectors.length === 0
      ? 'There are no connectors.'
      : `**Connectors**\n\n${connectors.map(({ channel, liveness }) => `- ${channel ?? '?'}: ${liveness ?? 'unknown'}`).join('\n')}`,
  ].join('\n\n');
}

function alertLine({ severity, title, message }: NonNullable<ShownState['open_alerts']>[number]): string {
  return `- **${severity ?? 'unknown'}** ${title ?? ''}${message ? `: ${message}` : ''}`;
}
