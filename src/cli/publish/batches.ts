import type { InputLine } from './input-lines.ts';

export interface BatchLimits {
  /** Bytes of one request; a single larger line still goes. */
  readonly maxBytes: number;
  readonly maxEvents: number;
}

/** Groups lines into requests. The same input and limits always give the same groups. */
export async function* batches(lines: AsyncIterable<InputLine>, limits: BatchLimits): AsyncGenerator<InputLine[]> {
  let batch: InputLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    const size = Buffer.byteLength(line.text) + 1;
    if (batch.length > 0 && (bytes + size > limits.maxBytes || batch.length >= limits.maxEvents)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
