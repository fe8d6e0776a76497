import { dirname } from 'node:path';
import type { TraceStep } from './write-trace.ts';

/** What may become of steps that were not synced when the power goes. */
export type Fate = 'all lost' | 'all kept' | 'some kept, some torn';

export const FATES: readonly Fate[] = ['all lost', 'all kept', 'some kept, some torn'];

/** What a disk writes in one piece. */
const SECTOR = 512;

type Change = Extract<TraceStep, { kind: 'write' | 'truncate' }>;

interface File {
  /** What a power loss cannot take. */
  readonly content: FileContent;
  /** Written and not synced, oldest first. */
  pending: Change[];
}

/** A name in the folder: the file it stands for now and the one it stands for on the disk. */
interface Name {
  now: File | undefined;
  onDisk: File | undefined;
}

export interface CrashImage {
  readonly files: ReadonlyMap<string, Buffer>;
  /** Writes that the power loss has taken, in whole or in part. */
  readonly lostWrites: number;
}

/** A disk that has been given the steps of a trace and can lose its power at any moment. */
export class CrashDisk {
  readonly #names = new Map<string, Name>();

  apply(step: TraceStep): void {
    switch (step.kind) {
      case 'create':
        return this.#create(step.path);
      case 'write':
      case 'truncate':
        this.#names.get(step.path)?.now?.pending.push(step);
        return;
      case 'remove': {
        const name = this.#names.get(step.path);
        if (name) name.now = undefined;
        return;
      }
      case 'sync':
        return this.#sync(step.path);
      case 'sent':
        return;
      default:
        step satisfies never;
    }
  }

  /** What is found after a power loss at this moment. */
  lose(fate: Fate, random: () => number): CrashImage {
    const files = new Map<string, Buffer>();
    let lostWrites = 0;
    for (const [path, { now, onDisk }] of this.#names) {
      const survivor = keeps(fate, random) ? now : onDisk;
      if (!survivor) continue;
      const content = survivor.content.copy();
      for (const change of survivor.pending) {
        if (keeps(fate, random)) {
          content.apply(change);
          continue;
        }
        lostWrites += 1;
        if (fate === 'some kept, some torn' && change.kind === 'write') content.apply(torn(change, random));
      }
      files.set(path, content.bytes());
    }
    return { files, lostWrites };
  }

  #create(path: string): void {
    const name = this.#names.get(path) ?? { now: undefined, onDisk: undefined };
    name.now ??= { content: new FileContent(), pending: [] };
    this.#names.set(path, name);
  }

  #sync(path: string): void {
    const file = this.#names.get(path)?.now;
    if (file) {
      for (const change of file.pending) file.content.apply(change);
      file.pending = [];
    }
    for (const [inside, name] of this.#names) {
      if (dirname(inside) === path) name.onDisk = name.now;
    }
  }
}

function keeps(fate: Fate, random: () => number): boolean {
  return fate === 'all kept' || (fate === 'some kept, some torn' && random() < 0.5);
}

/** Some of the sectors that a write covers, from its beginning on. */
function torn(write: Extract<Change, { kind: 'write' }>, random: () => number): Change {
  const sectors = Math.floor(random() * Math.ceil(write.bytes.length / SECTOR));
  return { ...write, bytes: write.bytes.subarray(0, sectors * SECTOR) };
}

class FileContent {
  #buffer: Buffer;
  #length: number;

  constructor(bytes = Buffer.alloc(0)) {
    this.#buffer = bytes;
    this.#length = bytes.length;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  copy(): FileContent {
    return new FileContent(Buffer.from(this.bytes()));
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') {
      this.#resize(change.size);
      return;
    }
    const { offset, bytes } = change;
    this.#resize(Math.max(this.#length, offset + bytes.length));
    bytes.copy(this.#buffer, offset);
  }

  #resize(length: number): void {
    if (length > this.#buffer.length) {
      // With room to grow: files grow page by page.
      const larger = Buffer.alloc(2 * length);
      this.bytes().copy(larger);
      this.#buffer = larger;
    }
    if (length > this.#length) this.#buffer.fill(0, this.#length, length);
    this.#length = length;
  }
}
