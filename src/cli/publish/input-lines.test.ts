import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches } from './batches.ts';
import { readInput } from './input-lines.ts';

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string, size = 7) {
  return (await Array.fromAsync(readInput(chunks(text, size)))).map(({ place, text: line }) => [place, line]);
}

describe('readInput', () => {
  it('numbers lines as an editor does and leaves blank ones out', async () => {
    expect(await read('\n{"a":1}\n\n{"b":"ü"}')).toEqual([
      ['line 2', '{"a":1}'],
      ['line 4', '{"b":"ü"}'],
    ]);
  });

  it('passes a broken line on, for the server to name', async () => {
    expect(await read('{"a":1}\n{oops\n')).toEqual([
      ['line 1', '{"a":1}'],
      ['line 2', '{oops'],
    ]);
    expect(await read('{oops\n{"a":1}\n')).toEqual([
      ['line 1', '{oops'],
      ['line 2', '{"a":1}'],
    ]);
  });

  it('takes an array, on one line or many, and a document of one event', async () => {
    expect(await read('[{"a":1},{"b":2}]')).toEqual([
      ['index 0', '{"a":1}'],
      ['index 1', '{"b":2}'],
    ]);
    expect(await read('[\n  {"a": 1},\n  {"b": 2}\n]\n')).toEqual([
      ['index 0', '{"a":1}'],
      ['index 1', '{"b":2}'],
    ]);
    expect(await read('{\n  "a": 1\n}\n')).toEqual([['line 1', '{"a":1}']]);
  });

  it('gives nothing for an empty input', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\n \n')).toEqual([]);
  });

  it('reads the same lines however the bytes arrive', async () => {
    const line = fc.record({ text: fc.string({ unit: 'grapheme' }) }).map((event) => JSON.stringify(event));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 50 }), async (lines, size) => {
        expect((await read(lines.join('\n'), size)).map(([, text]) => text)).toEqual(lines);
      }),
    );
  });
});

describe('batches', () => {
  it('keeps every line in order within the limits, a larger line alone', async () => {
    const lines = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(lines, async (texts) => {
        const input = (async function* () {
          for (const text of texts) yield { place: '', text, readBytes: 0 };
        })();
        const groups = await Array.fromAsync(batches(input, { maxBytes: 60, maxEvents: 5 }));
        expect(groups.flat().map(({ text }) => text)).toEqual(texts);
        for (const group of groups) {
          const bytes = group.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
          expect(group.length).toBeLessThanOrEqual(5);
          expect(group.length === 1 || bytes <= 60).toBe(true);
        }
      }),
    );
  });
});
