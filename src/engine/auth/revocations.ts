import type { LogRecord, NewEvent } from '../log/log.ts';
import type { Projection } from '../store/projection.ts';
import type { SnapshotReader } from '../store/snapshot.ts';
import type { Principal } from './principal.ts';

/** Log record: a token, or every token of a user issued until now, is no longer good. */
export const REVOKED = 'auth.revoked';
export const AUTH_CHANNEL = 'auth';

/** What is revoked: one token by its id, or all of a user's. */
export type Revocation =
  | { readonly jti: string /** When the token expires by itself, where that is known. */; readonly until?: number }
  | { readonly sub: string };

export function revokedEvent(revocation: Revocation): NewEvent {
  return { type: REVOKED, channel: AUTH_CHANNEL, body: JSON.stringify(revocation) };
}

/** Outlives retention: a revocation must hold for as long as the token would, and is forgotten then. */
export const revocationProjection: Projection = {
  name: 'auth',
  // Stays: rebuilding from the log would lose the revocations whose records retention has removed.
  version: 1,
  create: `
    CREATE TABLE auth_revocation (
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      at INTEGER NOT NULL,
      until INTEGER,
      PRIMARY KEY (kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX auth_revocation_by_until ON auth_revocation (until) WHERE until IS NOT NULL;`,
  drop: 'DROP TABLE IF EXISTS auth_revocation;',
  open(database) {
    const insert = database.prepare(
      `INSERT INTO auth_revocation VALUES (?, ?, ?, ?)
        ON CONFLICT (kind, name) DO UPDATE SET at = excluded.at, until = excluded.until`,
    );
    const forget = database.prepare('DELETE FROM auth_revocation WHERE until < ?');
    return {
      apply(records: readonly LogRecord[]) {
        for (const { type, body, at } of records) {
          if (type !== REVOKED) continue;
          const revocation = JSON.parse(body) as Revocation;
          forget.run(at);
          if ('jti' in revocation) insert.run('jti', revocation.jti, at, revocation.until ?? null);
          else insert.run('sub', revocation.sub, at, null);
        }
      },
    };
  },
};

interface StoredRevocation {
  readonly kind: string;
  readonly name: string;
  readonly at: number;
  readonly until: number | null;
}

/** The revocations in force, in memory. */
export class Revocations {
  /** By token the time until which it would be good. */
  readonly #tokens = new Map<string, number>();
  readonly #users = new Map<string, number>();

  static async load(snapshots: SnapshotReader): Promise<Revocations> {
    const { results } = await snapshots.snapshot<[StoredRevocation]>([
      { sql: 'SELECT kind, name, at, until FROM auth_revocation ORDER BY at' },
    ]);
    const revocations = new Revocations();
    for (const { kind, name, at, until } of results[0]) {
      const revocation = kind === 'jti' ? { jti: name, ...(until === null ? {} : { until }) } : { sub: name };
      revocations.add(revocation, at);
    }
    return revocations;
  }

  /** `at` is the commit time of the revocation. */
  add(revocation: Revocation, at: number): void {
    this.#forgetExpired(at);
    if ('jti' in revocation) this.#tokens.set(revocation.jti, revocation.until ?? Number.POSITIVE_INFINITY);
    else this.#users.set(revocation.sub, Math.max(at, this.#users.get(revocation.sub) ?? 0));
  }

  has({ tokenId, sub, issuedAt }: Principal): boolean {
    if (tokenId !== undefined && this.#tokens.has(tokenId)) return true;
    const revokedAt = this.#users.get(sub);
    // Tokens know whole seconds: one issued in the second of the revocation counts as issued before it.
    return revokedAt !== undefined && issuedAt <= revokedAt;
  }

  /** So that signing in and out again and again takes no more memory than one session's length of it. */
  #forgetExpired(now: number): void {
    for (const [token, until] of this.#tokens) {
      if (until < now) this.#tokens.delete(token);
    }
  }
}
