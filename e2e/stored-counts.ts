import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What the log of a server holds, counted record by record and by no table that the pages are read from. */
export interface StoredCounts {
  readonly messages: number;
  readonly channels: Readonly<Record<string, number>>;
  readonly users: Readonly<Record<string, number>>;
}

const COUNT = `
  import { Database } from 'bun:sqlite';
  const database = new Database(process.argv[1], { readonly: true });
  const by = (member) => Object.fromEntries(database.query(
    "SELECT json_extract(body, '$." + member + "') AS name, count(*) AS n FROM log WHERE type = 'messages.posted' GROUP BY 1"
  ).all().map(({ name, n }) => [name, n]));
  const [channels, users] = [by('channel'), by('user')];
  const messages = Object.values(users).reduce((sum, n) => sum + n, 0);
  console.log(JSON.stringify({ messages, channels, users }));
`;

/** Reads the database file itself; the server may go on. */
export function storedCounts(dataDir: string): StoredCounts {
  const bun = join(import.meta.dirname, '../node_modules/.bin/bun');
  const output = execFileSync(bun, ['-e', COUNT, join(dataDir, 'millrace.db')], { encoding: 'utf8' });
  return JSON.parse(output) as StoredCounts;
}
