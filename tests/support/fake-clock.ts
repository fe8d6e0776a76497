import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMissing, FAKETIME, findTool } from '../../scripts/provision.ts';

const LIBRARY = 'faketime/libfaketimeMT.so.1';
const LIBRARIES = '/usr/lib';

export interface FakeClock extends Disposable {
  /** For the process whose wall clock it is, and all its threads. The monotonic clock stays as it is. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets the wall clock this far ahead of that of the machine, at once; negative is behind. */
  set(aheadMs: number): void;
}

/** A wall clock that can be set while its process runs (libfaketime). */
export function fakeClock(): FakeClock {
  if (!findTool(FAKETIME)) throw new Error(describeMissing([FAKETIME]));
  const folders = readdirSync(LIBRARIES).map((folder) => join(LIBRARIES, folder, LIBRARY));
  const library = folders.find(existsSync);
  if (library === undefined) throw new Error(`there is no ${LIBRARY} in ${LIBRARIES}`);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-clock-'));
  const file = join(folder, 'offset');
  const set = (aheadMs: number) => {
    const sign = aheadMs < 0 ? '-' : '+';
    writeFileSync(`${file}-new`, `${sign}${Math.abs(aheadMs) / 1_000}\n`);
    // In one go: the process may read at any moment.
    renameSync(`${file}-new`, file);
  };
  set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    set,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
