import { constants } from 'node:fs';
import { access, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type CheckResult, fail, ok, warn } from './check.ts';

const FSYNCS = 200;
const BLOCK = Buffer.alloc(4_096, 1);
/** A commit waits for one fsync: above this, writing one by one feels slow. */
const SLOW_P50_MS = 10;
const SLOW_P99_MS = 100;
const LOW_SPACE_BYTES = 1024 ** 3;
const OTHERS = 0o077;

/** Whether the data folder can be used, and is closed to other users. */
export async function checkDataFolder(folder: string): Promise<CheckResult> {
  const name = 'data folder';
  const path = resolve(folder);
  const info = await stat(path).catch(() => undefined);
  if (info && !info.isDirectory()) return fail(name, `${path} is not a folder`, 'set MILLRACE_DATA_DIR to a folder');
  const base = await nearestFolder(path);
  const isWritable = await access(base, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable) return fail(name, `${base} is not writable`, `give this user the right to write to ${base}`);
  if (!info) return ok(name, `${path} will be made at the first start`);
  const mode = info.mode & 0o777;
  if ((mode & OTHERS) === 0) return ok(name, `${path}, mode ${octal(mode)}`);
  return warn(name, `${path} is open to other users, mode ${octal(mode)}`, `chmod 700 ${path}`);
}

export async function checkSpace(folder: string): Promise<CheckResult> {
  const name = 'disk space';
  const base = await nearestFolder(resolve(folder));
  const { bavail, bsize } = await statfs(base);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free at ${base}`;
  if (free >= LOW_SPACE_BYTES) return ok(name, found);
  return warn(name, found, 'free some space, or lower MILLRACE_RETENTION_MB: a full disk stops all writes');
}

/** How long the disk takes to make a small write durable, which is what every acknowledged event waits for. */
export async function checkFsync(folder: string): Promise<CheckResult> {
  const name = 'disk fsync';
  const path = join(await nearestFolder(resolve(folder)), `.millrace-doctor-${process.pid}`);
  try {
    const times = (await timeFsyncs(path)).toSorted((a, b) => a - b);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    const found = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms over ${FSYNCS} writes`;
    if (p50 <= SLOW_P50_MS && p99 <= SLOW_P99_MS) return ok(name, found);
    return warn(name, found, 'put MILLRACE_DATA_DIR on a local SSD; events sent in batches share one fsync');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(name, reason, 'the data folder must be on a disk that takes writes');
  } finally {
    await rm(path, { force: true });
  }
}

async function timeFsyncs(path: string): Promise<number[]> {
  const times: number[] = [];
  const file = await open(path, 'w', 0o600);
  try {
    for (let count = 0; count < FSYNCS; count += 1) {
      const startedAt = performance.now();
      await file.write(BLOCK);
      await file.datasync();
      times.push(performance.now() - startedAt);
    }
  } finally {
    await file.close();
  }
  return times;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  const parent = dirname(path);
  return info?.isDirectory() || parent === path ? path : nearestFolder(parent);
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
