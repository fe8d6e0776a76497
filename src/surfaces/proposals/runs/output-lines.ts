import type { Clock } from '../../../engine/clock.ts';
import { PROPOSAL_LIMITS } from '../events.ts';
import { LineSplitter } from './line-splitter.ts';
import { TerminalText } from './terminal-text.ts';

export type OutputStream = 'stdout' | 'stderr';

export interface OutputLinesOptions {
  readonly clock: Clock;
  readonly onLine: (line: string, stream: OutputStream) => void;
  readonly limits?: OutputLimits;
}

export interface OutputLimits {
  readonly lines: number;
  /** UTF-16 units of all lines together. */
  readonly characters: number;
}

const DEFAULT_LIMITS: OutputLimits = { lines: 5_000, characters: 1_048_576 };

/** What a program writes, as lines that can be shown to anybody; both streams together up to a limit. */
export class OutputLines {
  readonly #options: OutputLinesOptions;
  readonly #limits: OutputLimits;
  readonly #streams: Readonly<Record<OutputStream, { decoder: TextDecoder; text: TerminalText; lines: LineSplitter }>>;
  #lines = 0;
  #characters = 0;
  #isCut = false;

  constructor(options: OutputLinesOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#streams = { stdout: this.#open('stdout'), stderr: this.#open('stderr') };
  }

  /** Whether there was more than the limit. */
  get isCut(): boolean {
    return this.#isCut;
  }

  push(chunk: Uint8Array, stream: OutputStream): void {
    const { decoder, text, lines } = this.#streams[stream];
    lines.push(text.clean(decoder.decode(chunk, { stream: true })));
  }

  end(): void {
    for (const { decoder, text, lines } of Object.values(this.#streams)) {
      lines.push(text.clean(decoder.decode()));
      lines.end();
    }
  }

  #open(stream: OutputStream) {
    const { clock } = this.#options;
    const onLine = (line: string) => this.#emit(line, stream);
    const lines = new LineSplitter({ clock, onLine, maxLength: PROPOSAL_LIMITS.outputLine });
    return { decoder: new TextDecoder(), text: new TerminalText(), lines };
  }

  #emit(line: string, stream: OutputStream): void {
    if (this.#isCut) return;
    this.#lines += 1;
    this.#characters += line.length;
    this.#isCut = this.#lines > this.#limits.lines || this.#characters > this.#limits.characters;
    const { lines, characters } = this.#limits;
    const note = `[the output is longer than ${lines} lines or ${characters} characters: its rest is not shown]`;
    this.#options.onLine(this.#isCut ? note : line, stream);
  }
}
