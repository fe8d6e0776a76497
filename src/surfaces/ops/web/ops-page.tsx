import { useSearch } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ConnectionStateName } from '../../../client/connection-state.ts';
import { animationFrames } from '../../../react/frame-scheduler.ts';
import { useRendered } from '../../../react/rendered.tsx';
import { useFeedConnection } from '../../../react/use-feed-connection.ts';
import type { PreloadRequest } from '../../../ui/page-definition.ts';
import type { Ingestion, OpsState, Timeline } from '../events.ts';
import { AlertFeed } from './alert-feed.tsx';
import { prepareMarkdown } from './chat/chat-markdown.tsx';
import { ConnectorTable } from './connector-table.tsx';
import { ControlPanel } from './control-panel.tsx';
import { KpiGrid } from './kpi-grid.tsx';
import { createOpsActions } from './ops-actions.ts';
import { createOpsReads, opsReads } from './ops-api.ts';
import { OpsChat } from './ops-chat.tsx';
import { createOpsConnection } from './ops-live.ts';
import { createOpsModel, type OpsModel } from './ops-model.ts';
import { rangeOf } from './ops-search.ts';
import { AccessibilityContract, PerformanceContract } from './page-contracts.tsx';
import { PausedBanner } from './paused-banner.tsx';
import { STREAM } from './stream.ts';
import { StreamContract } from './stream-contract.tsx';
import { TimelineChart } from './timeline-chart.tsx';
import { useTimeline } from './use-timeline.ts';

/** What the page shows first. */
interface OpsAnswers {
  readonly state: OpsState;
  readonly person: string | null;
  readonly timeline: Timeline;
}

/** The page `/ops`: how things stand now, on one screen, and what can be done about it (specs/000). */
export function Page() {
  const rendered = useRendered<OpsAnswers>();
  const [{ model, connection, actions, acknowledge, changeIngestion }] = useState(() => createOpsFeed(rendered));
  const { name } = useFeedConnection(connection);
  useEffect(() => model.stop, [model]);
  useKnownPerson(model, rendered !== undefined);
  const { ops, failure, announcement, person } = useSyncExternalStore(model.subscribe, model.view, model.view);
  const range = rangeOf(useSearch({ strict: false }));
  const timeline = useTimeline({ range, rendered: rendered?.timeline, measuredAt: ops?.kpis.at });
  const isConnected = isHeard(name);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto lg:overflow-hidden">
      <StreamContract stream={STREAM} />
      <PerformanceContract />
      <AccessibilityContract announcement={announcement} />
      <PausedBanner ingestion={ops?.ingestion} />
      {failure !== undefined && (
        <p role="alert" className="border-b border-line bg-bad-ground px-4 py-1.5 text-bad">
          {failure}
        </p>
      )}
      <KpiGrid id={STREAM.targets.kpis} kpis={ops?.kpis} isConnected={isConnected} />
      <div className="flex flex-col lg:grid lg:min-h-0 lg:flex-1 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="min-w-0 lg:overflow-y-auto lg:border-r lg:border-line">
          <AlertFeed
            listId={STREAM.targets.alerts}
            open={ops?.open}
            cleared={ops?.cleared ?? []}
            onAcknowledge={acknowledge}
          />
          <TimelineChart range={range} {...timeline} />
          <ConnectorTable bodyId={STREAM.targets.connectors} connectors={ops?.connectors} />
        </div>
        <div className="flex min-w-0 flex-col lg:min-h-0 lg:overflow-y-auto">
          <ControlPanel
            ingestion={ops?.ingestion}
            health={ops?.kpis.health.state ?? 'unknown'}
            isConnected={isConnected}
            onChange={changeIngestion}
          />
          <OpsChat chat={ops?.chat} connection={name} person={person} actions={actions} />
        </div>
      </div>
    </div>
  );
}

export async function preload({ search, fetch, signal }: PreloadRequest): Promise<OpsAnswers> {
  const reads = createOpsReads(fetch);
  const [state, person, timeline] = await Promise.all([
    reads.state(signal),
    reads.person(signal),
    reads.timeline(rangeOf(search), signal),
  ]);
  return { state, person, timeline };
}

export async function prepare(data: unknown): Promise<void> {
  const { state } = data as OpsAnswers;
  if (state.chat.messages.some(({ role }) => role === 'assistant')) await prepareMarkdown();
}

function createOpsFeed(rendered: OpsAnswers | undefined) {
  const model = createOpsModel({ reads: opsReads, frames: animationFrames, rendered });
  const actions = createOpsActions({ onSignedIn: model.signedIn });
  return {
    model,
    actions,
    connection: createOpsConnection(STREAM, { model, cursor: rendered?.state.cursor }),
    acknowledge: async (id: string) => model.acknowledged(await actions.acknowledge(id)),
    changeIngestion: async (mode: Ingestion['mode']) => model.ingestionChanged(await actions.setIngestion(mode)),
  };
}

/** Asks who reads, where the server that rendered the page has not said it. */
function useKnownPerson(model: OpsModel, isKnown: boolean): void {
  const [wasKnown] = useState(isKnown);
  useEffect(() => {
    if (wasKnown) return;
    const abort = new AbortController();
    opsReads.person(abort.signal).then(model.signedIn, () => {});
    return () => abort.abort();
  }, [model, wasKnown]);
}

/** Also while the first connection is made: what a page shows then was read a moment ago. */
function isHeard(name: ConnectionStateName): boolean {
  return name === 'live' || name === 'connecting';
}
