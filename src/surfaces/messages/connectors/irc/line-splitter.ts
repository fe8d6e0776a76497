const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines and decodes them; bytes that aren't UTF-8 become U+FFFD. Gives undefined when a line
 * grows beyond `maxBytes`, after which the splitter is of no use any more.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #pending = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Uint8Array): readonly string[] | undefined {
    const all = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
    const lines: string[] = [];
    let start = 0;
    for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, start)) {
      if (end - start > this.#maxBytes) return undefined;
      lines.push(all.toString('utf8', start, end));
      start = end + 1;
    }
    this.#pending = all.subarray(start);
    return this.#pending.length > this.#maxBytes ? undefined : lines;
  }
}
