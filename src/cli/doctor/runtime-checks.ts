import packageJson from '../../../package.json' with { type: 'json' };
import { openForWriting } from '../../engine/log/sqlite/database.ts';
import { type CheckResult, fail, isAtLeast, ok, warn } from './check.ts';

/** Older ones lose data when a checkpoint meets a write at the wrong moment. */
const LEAST_SQLITE = '3.51.3';

export function checkRuntime(version = Bun.version): CheckResult {
  const wanted = packageJson.dependencies.bun;
  const name = 'runtime';
  if (version === wanted) return ok(name, `Bun ${version}`);
  const found = `Bun ${version}, built for ${wanted}`;
  const advice = 'run `npm ci`, and start with `npx millrace` or `npm start` so that the installed Bun is used';
  return isAtLeast(version, wanted) ? warn(name, found, advice) : fail(name, found, advice);
}

export function checkSqlite(version = sqliteVersion()): CheckResult {
  const name = 'SQLite';
  if (isAtLeast(version, LEAST_SQLITE)) return ok(name, version);
  return fail(
    name,
    `${version}, ${LEAST_SQLITE} is needed`,
    'use the Bun that `npm ci` installs: it brings its own SQLite',
  );
}

function sqliteVersion(): string {
  using database = openForWriting(':memory:');
  return database.prepare('SELECT sqlite_version() AS version').get<{ version: string }>()?.version ?? 'unknown';
}
