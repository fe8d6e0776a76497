import { isAdmin, type Principal } from '../../engine/auth/principal.ts';
import type { LogRecord } from '../../engine/log/log.ts';
import type { SurfaceContext } from '../../engine/surface.ts';
import { isInAudience } from './access.ts';
import { eventNameOf, RECORD_TYPES } from './records.ts';

interface People {
  author: string | null;
  reviewers: readonly string[];
}

const READ_LIMIT = 256;
const NOBODY: People = { author: null, reviewers: [] };

/**
 * Who is told of a proposal's comments, in memory and as of the head of the log: feeds ask for every comment they are
 * about to show, also an old one that is replayed.
 */
export class Audience implements Disposable {
  readonly #context: Pick<SurfaceContext, 'log' | 'snapshots' | 'logger'>;
  readonly #people = new Map<string, People>();
  #position: number | undefined;
  #loading: Promise<void> | undefined;
  #stopListening: () => void = () => {};
  #isEnded = false;

  constructor(context: Pick<SurfaceContext, 'log' | 'snapshots' | 'logger'>) {
    this.#context = context;
  }

  /** Settles when {@link includes} can be asked. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Whether somebody is told of a proposal's comments now. Nobody is, as long as it isn't known who should be. */
  includes(principal: Principal, proposal: string): boolean {
    if (isAdmin(principal)) return true;
    return this.#catchUp() && isInAudience(principal, this.#people.get(proposal) ?? NOBODY);
  }

  /** The proposals of a project of whose comments somebody is told now. */
  visibleTo(principal: Principal, project: string): readonly string[] {
    if (!this.#catchUp()) return [];
    const ids = [...this.#people.keys()].filter((id) => id.startsWith(`${project}.`));
    return ids.filter((id) => this.includes(principal, id)).sort();
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    this.#stopListening();
  }

  async #load(): Promise<void> {
    const { snapshots, log } = this.#context;
    const { cursor, results } = await snapshots.snapshot<[{ id: string; author: string | null; reviewers: string }]>([
      { sql: 'SELECT id, author, reviewers FROM prop_proposal' },
    ]);
    if (this.#isEnded) return;
    for (const { id, author, reviewers } of results[0]) {
      this.#people.set(id, { author, reviewers: JSON.parse(reviewers) });
    }
    this.#position = cursor.seq;
    this.#stopListening();
    this.#stopListening = log.onCommit(() => this.#catchUp());
  }

  /** What was just committed is in memory, so this needs no wait: a feed may ask before this was told of the commit. */
  #catchUp(): boolean {
    const { log, logger } = this.#context;
    while (this.#position !== undefined && this.#position < log.head().seq) {
      const slice = log.read(this.#position, READ_LIMIT);
      if (slice instanceof Promise || slice.kind === 'expired') {
        logger.warn('who is told of comments is read anew');
        this.#position = undefined;
        this.#loading = undefined;
        this.ready().catch((error: unknown) => logger.error({ err: error }, 'who is told of comments is not known'));
        return false;
      }
      for (const record of slice.records) this.#note(record);
      this.#position = slice.records.at(-1)?.seq ?? this.#position;
    }
    return this.#position !== undefined;
  }

  #note(record: LogRecord): void {
    const isAboutPeople =
      record.type === RECORD_TYPES.proposal_created || record.type === RECORD_TYPES.reviewers_changed;
    if (!isAboutPeople) return;
    const { proposal_id, actor, reviewers } = JSON.parse(record.body);
    const name = eventNameOf(record);
    if (name === 'reviewers_changed') {
      this.#people.set(proposal_id, { author: this.#people.get(proposal_id)?.author ?? null, reviewers });
    } else if (actor !== null) {
      this.#people.set(proposal_id, { author: actor, reviewers: [] });
    }
  }
}
