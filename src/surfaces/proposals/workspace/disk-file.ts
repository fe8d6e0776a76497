import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { PROPOSAL_LIMITS } from '../events.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Hex digits of an etag: 128 bits of SHA-256. */
const ETAG_LENGTH = 32;

/** A file as it is on disk. */
export interface DiskFile {
  readonly etag: string;
  readonly bytes: number;
  /** Wall-clock milliseconds. */
  readonly changedAt: number;
  /** Undefined for a file that is no UTF-8 text, or is longer than files may be. */
  readonly content: string | undefined;
}

export async function readDiskFile(file: FileHandle): Promise<DiskFile> {
  const { size, mtimeMs } = await file.stat();
  const shared = { changedAt: mtimeMs };
  if (size > PROPOSAL_LIMITS.fileBytes) {
    // Not read at all: somebody may have put anything there.
    return { ...shared, etag: etagOf(Buffer.from(`${size} ${mtimeMs}`)), bytes: size, content: undefined };
  }
  const bytes = await readUpTo(file, PROPOSAL_LIMITS.fileBytes);
  return { ...shared, etag: etagOf(bytes), bytes: bytes.byteLength, content: decode(bytes) };
}

/** What `If-Match` must hold: a hash of the content. */
export function etagOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, ETAG_LENGTH);
}

/** A file that grows while it is read is cut off, and read again when its change is noticed. */
async function readUpTo(file: FileHandle, limit: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await file.read(buffer, length, limit - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
