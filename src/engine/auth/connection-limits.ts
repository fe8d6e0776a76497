import { MillraceError } from '../../protocol/errors.ts';

export interface ConnectionLimitsOptions {
  /** Default 5 (specs/002 "Max connections per user"). */
  readonly perUser?: number;
  /** Default 50 (specs/002 "Max connections per project"). */
  readonly perProject?: number;
}

/** A connection as the limits see it. */
export interface Counted {
  readonly user: string;
  readonly project: string | undefined;
  /** The client's own name for its connection: a later one with the same name takes the place of this one. */
  readonly connectionId: string | undefined;
  /** Ends the connection because another took its place. Must call {@link ConnectionLimits.leave} before it returns. */
  supersede(): void;
}

/** Projects that are full are worth another try after this time. */
const RETRY_AFTER_S = 5;

/**
 * Counts connections by user and by project. A decision and its count are one step without a wait in between, so that no
 * number of connects at once goes beyond a limit (PROMISES P9).
 */
export class ConnectionLimits {
  readonly #perUser: number;
  readonly #perProject: number;
  /** Oldest first. */
  readonly #byUser = new Map<string, Set<Counted>>();
  readonly #byProject = new Map<string, number>();

  constructor({ perUser = 5, perProject = 50 }: ConnectionLimitsOptions = {}) {
    this.#perUser = perUser;
    this.#perProject = perProject;
  }

  /**
   * Counts one in. The user's oldest connection, or the one of the same name, makes room for it; throws `project_full`,
   * with nobody sent away, when the project has no room.
   */
  enter(connection: Counted): void {
    const { user, project } = connection;
    const leaving = this.#leavingFor(connection);
    if (project !== undefined) {
      const freed = leaving.filter((other) => other.project === project).length;
      const open = this.#byProject.get(project) ?? 0;
      if (open - freed >= this.#perProject) {
        const message = `${open} connections to this project are open, no more may be`;
        throw new MillraceError('project_full', message, { retryAfterS: RETRY_AFTER_S });
      }
    }
    for (const other of leaving) other.supersede();
    const own = this.#byUser.get(user) ?? new Set();
    own.add(connection);
    this.#byUser.set(user, own);
    if (project !== undefined) this.#byProject.set(project, (this.#byProject.get(project) ?? 0) + 1);
  }

  /** Safe to call twice. */
  leave(connection: Counted): void {
    const { user, project } = connection;
    const own = this.#byUser.get(user);
    if (!own?.delete(connection)) return;
    if (own.size === 0) this.#byUser.delete(user);
    if (project === undefined) return;
    const left = (this.#byProject.get(project) ?? 1) - 1;
    if (left > 0) this.#byProject.set(project, left);
    else this.#byProject.delete(project);
  }

  openOf(user: string): number {
    return this.#byUser.get(user)?.size ?? 0;
  }

  openIn(project: string): number {
    return this.#byProject.get(project) ?? 0;
  }

  /** The users with a connection to a project, each once, by name. */
  usersIn(project: string): readonly string[] {
    const isHere = (own: ReadonlySet<Counted>) => [...own].some((connection) => connection.project === project);
    return [...this.#byUser].flatMap(([user, own]) => (isHere(own) ? [user] : [])).sort();
  }

  #leavingFor({ user, connectionId }: Counted): readonly Counted[] {
    const own = [...(this.#byUser.get(user) ?? [])];
    const predecessor = own.find((other) => connectionId !== undefined && other.connectionId === connectionId);
    const rest = own.filter((other) => other !== predecessor);
    const surplus = rest.slice(0, Math.max(0, rest.length + 1 - this.#perUser));
    return predecessor ? [predecessor, ...surplus] : surplus;
  }
}
