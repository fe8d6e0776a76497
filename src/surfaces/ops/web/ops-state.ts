import type { Connector, ConnectorRow } from '../../../protocol/connector.ts';
import { seqOf } from '../../../protocol/cursor.ts';
import type { Alert, Ingestion, Kpis, OpsEvent, OpsState, Severity } from '../events.ts';
import { type LiveChatMessage, updateChat } from './chat/chat-state.ts';

/** Whatever the feed brings. */
export type OpsMessage = OpsEvent | ConnectorRow;

/** What the page shows of the server, at one position of its log. */
export interface LiveOps {
  readonly kpis: Kpis;
  readonly ingestion: Ingestion;
  /** The worst first, then the newest. */
  readonly open: readonly Alert[];
  /** The latest that were cleared, newest first. */
  readonly cleared: readonly Alert[];
  readonly connectors: readonly Connector[];
  /** The position that each of them is as of, those that were removed among them; without one, `stateAsOf`. */
  readonly connectorsAsOf: ReadonlyMap<string, number>;
  readonly stateAsOf: number;
  readonly chat: Omit<OpsState['chat'], 'messages'> & { readonly messages: readonly LiveChatMessage[] };
}

/** Cleared alerts that are kept. */
const MAX_CLEARED = 20;
const ORDER: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export function liveOps({ kpis, alerts, connectors, chat, cursor }: OpsState): LiveOps {
  return {
    kpis,
    ingestion: kpis.ingestion,
    ...inOrder(alerts),
    connectors: sorted(connectors),
    connectorsAsOf: new Map(),
    stateAsOf: seqOf(cursor) ?? 0,
    chat,
  };
}

/** The state after one message; the same object where it brings nothing new. */
export function updateOps(state: LiveOps, message: OpsMessage): LiveOps {
  switch (message.type) {
    case 'alert':
      return withAlert(state, alertOf(message));
    case 'connector':
      return withConnector(state, message);
    case 'ingestion':
      return withIngestion(state, { mode: message.mode, by: message.by, since: message.since });
    case 'chat_message':
    case 'chat_token':
    case 'chat_complete':
    case 'chat_cleared':
      return { ...state, chat: { ...state.chat, messages: updateChat(state.chat.messages, message) } };
    default:
      return message satisfies never;
  }
}

/** KPIs are of one moment: those of an earlier one are of no use any more. */
export function withKpis(state: LiveOps, kpis: Kpis): LiveOps {
  if (kpis.at < state.kpis.at) return state;
  return withIngestion({ ...state, kpis }, kpis.ingestion);
}

/** An alert's members are absolute: the newest of an id replaces the one before. */
export function withAlert(state: LiveOps, alert: Alert): LiveOps {
  const others = [...state.open, ...state.cleared].filter(({ id }) => id !== alert.id);
  return { ...state, ...inOrder([...others, alert]) };
}

/** A change and a heartbeat may overtake each other; the later decision counts. */
export function withIngestion(state: LiveOps, ingestion: Ingestion): LiveOps {
  return (ingestion.since ?? '') < (state.ingestion.since ?? '') ? state : { ...state, ingestion };
}

function inOrder(alerts: readonly Alert[]): Pick<LiveOps, 'open' | 'cleared'> {
  return {
    open: alerts
      .filter(({ state }) => state === 'raised')
      .toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity] || newerFirst(a.raised_at, b.raised_at)),
    cleared: alerts
      .filter(({ state }) => state === 'cleared')
      .toSorted((a, b) => newerFirst(a.cleared_at ?? '', b.cleared_at ?? ''))
      .slice(0, MAX_CLEARED),
  };
}

function newerFirst(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1;
}

function alertOf({ type: _, cursor: __, ...alert }: Extract<OpsEvent, { type: 'alert' }>): Alert {
  return alert;
}

/** A row of before may come late, where a stream is opened while a page of the feed is under way (PROTOCOL.md R22). */
function withConnector(state: LiveOps, row: ConnectorRow): LiveOps {
  const { type: _, cursor: __, as_of, removed, ...connector } = row;
  const asOf = seqOf(as_of) ?? 0;
  if (asOf < (state.connectorsAsOf.get(connector.id) ?? state.stateAsOf)) return state;
  const others = state.connectors.filter(({ id }) => id !== connector.id);
  return {
    ...state,
    connectors: removed ? others : sorted([...others, connector]),
    connectorsAsOf: new Map(state.connectorsAsOf).set(connector.id, asOf),
  };
}

function sorted(connectors: readonly Connector[]): readonly Connector[] {
  return connectors.toSorted((a, b) => a.channel.localeCompare(b.channel) || a.id.localeCompare(b.id));
}
