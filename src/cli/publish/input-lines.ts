/** One event of the input as the text of one line. */
export interface InputLine {
  /** Where it stands, for people: `line 3` of a file of lines, `index 2` of an array. */
  readonly place: string;
  readonly text: string;
  /** How many bytes of the input have been read with it. */
  readonly readBytes: number;
}

/**
 * The events of a JSON array, of a single JSON object, or of NDJSON. Lines are passed on as they arrive, so that memory
 * doesn't grow with the file; only an array has to be read whole.
 */
export async function* readInput(source: AsyncIterable<Uint8Array>): AsyncGenerator<InputLine> {
  const lines = splitLines(source);
  const first = await nextWithText(lines);
  if (first === undefined) return;
  if (isJsonObject(first.text)) {
    yield first;
    for await (const line of lines) if (line.text.trim() !== '') yield line;
    return;
  }
  const all = [first, ...(await Array.fromAsync(lines))];
  yield* wholeDocument(all) ?? all.filter((line) => line.text.trim() !== '');
}

/** A document spread over several lines; `undefined` when it isn't one, so that its lines are judged one by one. */
function wholeDocument(lines: readonly InputLine[]): InputLine[] | undefined {
  const value = parse(lines.map((line) => line.text).join('\n'));
  const readBytes = lines.at(-1)?.readBytes ?? 0;
  if (Array.isArray(value)) {
    return value.map((event: unknown, index) => ({ place: `index ${index}`, text: JSON.stringify(event), readBytes }));
  }
  return value === undefined ? undefined : [{ place: 'line 1', text: JSON.stringify(value), readBytes }];
}

async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<InputLine> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  let readBytes = 0;
  for await (const chunk of source) {
    readBytes += chunk.byteLength;
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const text of parts) {
      number += 1;
      yield { place: `line ${number}`, text, readBytes };
    }
  }
  const text = rest + decoder.decode();
  if (text !== '') yield { place: `line ${number + 1}`, text, readBytes };
}

async function nextWithText(lines: AsyncGenerator<InputLine>): Promise<InputLine | undefined> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return undefined;
    if (value.text.trim() !== '') return value;
  }
}

function isJsonObject(text: string): boolean {
  const value = parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
