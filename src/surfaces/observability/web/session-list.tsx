import X from 'lucide-react/icons/x';
import { memo } from 'react';
import { useNow } from '../../../react/use-now.ts';
import { useSampled } from '../../../react/use-sampled.ts';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { hueClass } from '../../../ui/hue.ts';
import { age, shortId } from '../../../ui/time-format.ts';
import type { Agent, Session } from '../events.ts';
import { SAMPLE_MS } from './sample-ms.ts';

/** A session without an event for this long counts as quiet. */
export const ACTIVE_MS = 5 * 60_000;
const SHOWN = 60;
/** The second holds the longest age there is, so that what counts moves nothing. */
const COLUMNS = 'grid-cols-[minmax(0,1fr)_minmax(2.75rem,auto)]';

export interface SessionListProps {
  readonly read: () => readonly Session[];
  readonly chosen: string | undefined;
  readonly onChoose: (sessionId: string | undefined) => void;
  /** Only a small screen, where the list lies over the page, can ask for it. */
  readonly onClose: () => void;
}

/** The sessions and their sub-agents, newest activity first; choosing one filters the events by it. */
export const SessionList = memo(function SessionList({ read, chosen, onChoose, onClose }: SessionListProps) {
  const sessions = useSampled(read, SAMPLE_MS);
  const now = useNow(1_000);
  return (
    <section aria-label="Sessions" className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-8 shrink-0 items-center justify-between border-b border-line px-4 text-2xs text-muted">
        <h2 className="font-medium">Sessions</h2>
        <span className="flex items-center gap-2">
          {sessions.length}
          <Button look="ghost" isIcon className="-mr-2 lg:hidden" aria-label="Close sessions" onClick={onClose}>
            <X size={16} aria-hidden />
          </Button>
        </span>
      </header>
      {sessions.length === 0 && <p className="px-4 py-3 text-muted">Events with a session id are grouped here.</p>}
      <ul className="min-h-0 flex-1 overflow-y-auto">
        {sessions.slice(0, SHOWN).map((session) => (
          <li key={session.session_id} className="border-b border-line">
            <SessionButton session={session} now={now} isChosen={session.session_id === chosen} onChoose={onChoose} />
            {session.agents.length > 0 && (
              <ul aria-label={`Sub-agents of ${session.session_id}`} className="pb-1.5">
                {session.agents.map((agent) => (
                  <AgentRow key={agent.agent_id} agent={agent} now={now} />
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
});

interface SessionButtonProps {
  readonly session: Session;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onChoose: (sessionId: string | undefined) => void;
}

function SessionButton({ session, now, isChosen, onChoose }: SessionButtonProps) {
  const lastAt = Date.parse(session.last_at);
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      title={session.session_id}
      onClick={() => onChoose(isChosen ? undefined : session.session_id)}
      className={classNames(
        `grid w-full ${COLUMNS} gap-x-2 px-4 py-1.5 text-left hover:bg-hover`,
        isChosen && 'bg-selected hover:bg-selected',
      )}
    >
      <span className="flex min-w-0 items-center gap-1.5">
        <Activity isActive={now - lastAt < ACTIVE_MS} hue={hueClass(session.source_app)} />
        <span className="truncate font-medium">{session.source_app}</span>
        <span className={classNames('truncate font-mono text-xs', hueClass(session.session_id))}>
          {shortId(session.session_id)}
        </span>
      </span>
      <span className="text-muted">{age(lastAt, now)}</span>
      <span className="truncate pl-3.5 text-xs text-muted">{session.last_event_type}</span>
      <span className="text-xs text-muted">{session.event_count.toLocaleString('en')}</span>
    </button>
  );
}

/** Filled while the session is active, a ring when it went quiet. */
function Activity({ isActive, hue }: { readonly isActive: boolean; readonly hue: string }) {
  return (
    <span
      className={classNames(
        'size-2 shrink-0 rounded-full',
        isActive ? 'bg-current' : 'border-[1.5px] border-current',
        hue,
      )}
    >
      <span className="sr-only">{isActive ? 'active' : 'quiet'}</span>
    </span>
  );
}

function AgentRow({ agent, now }: { readonly agent: Agent; readonly now: number }) {
  return (
    <li title={agent.agent_id} className={`grid ${COLUMNS} gap-x-2 py-0.5 pr-4 pl-7.5 text-xs text-muted`}>
      <span className="truncate">
        <span className="text-text">{agent.agent_type ?? 'sub-agent'}</span> {agent.last_event_type}
      </span>
      <span>{age(Date.parse(agent.last_at), now)}</span>
    </li>
  );
}
