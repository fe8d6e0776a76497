/** What stands in the place of a character that would do something instead of showing something. */
const REPLACEMENT = '\ufffd';
/** A sequence that is longer than this was none: what follows is shown again. */
const MAX_SEQUENCE = 4_096;

const ESC = 0x1b;
const BEL = 0x07;
const STRING_TERMINATOR = 0x9c;
/** What begins a string that ends with BEL or ST: DCS, SOS, OSC, PM, APC; after ESC, and as one character. */
const STRING_OPENERS: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
const CSI_OPENER = 0x5b;
const C1_OFFSET = 0x40;

type State = 'text' | 'escape' | 'csi' | 'string' | 'string-escape';

/**
 * Takes what a program writes for a terminal and leaves text: no colours, titles, links or cursor movements, nothing
 * invisible. Sequences may be cut anywhere between two chunks. A line end ends every sequence, so that none hides more
 * than its line.
 *
 *     text ──ESC──▶ escape ──[──▶ csi ──final──▶ text
 *                     └──] P X ^ _──▶ string ──BEL, ST──▶ text
 */
export class TerminalText {
  #state: State = 'text';
  #length = 0;
  #hadReturn = false;

  clean(chunk: string): string {
    let text = '';
    for (const character of chunk) text += this.#take(character, character.codePointAt(0) ?? 0);
    return text;
  }

  #take(character: string, code: number): string {
    // CR LF is one line end, a CR alone too: what a progress bar overwrites is shown line by line.
    const isSecondHalf = this.#hadReturn && character === '\n';
    this.#hadReturn = character === '\r';
    if (character === '\n' || character === '\r') {
      this.#enter('text');
      return isSecondHalf ? '' : '\n';
    }
    if (this.#state === 'text') return this.#takeText(character, code);
    this.#length += 1;
    if (this.#length > MAX_SEQUENCE) this.#enter('text');
    else this.#takeSequence(code);
    return '';
  }

  #takeText(character: string, code: number): string {
    if (code === ESC) this.#enter('escape');
    else if (code === CSI_OPENER + C1_OFFSET) this.#enter('csi');
    else if (STRING_OPENERS.has(code - C1_OFFSET) && code >= 0x80) this.#enter('string');
    else return isShown(code) ? character : REPLACEMENT;
    return '';
  }

  #takeSequence(code: number): void {
    switch (this.#state) {
      case 'escape':
        if (code === CSI_OPENER) this.#enter('csi');
        else if (STRING_OPENERS.has(code)) this.#enter('string');
        // Intermediate characters, as in the choice of a character set, come before the last one.
        else if (code !== ESC && !(code >= 0x20 && code <= 0x2f)) this.#enter('text');
        break;
      case 'csi':
        if (code === ESC) this.#enter('escape');
        else if (code >= 0x40 && code <= 0x7e) this.#enter('text');
        break;
      case 'string':
        if (code === BEL || code === STRING_TERMINATOR) this.#enter('text');
        else if (code === ESC) this.#state = 'string-escape';
        break;
      case 'string-escape':
        // ESC \ ends the string; any other sequence ends it, too, and begins.
        if (code === 0x5c) this.#enter('text');
        else {
          this.#enter('escape');
          this.#takeSequence(code);
        }
        break;
      case 'text':
        break;
      default:
        this.#state satisfies never;
    }
  }

  #enter(state: State): void {
    this.#state = state;
    this.#length = 0;
  }
}

/** Text as a person may be shown it in one piece, for what doesn't come in chunks. */
export function plainText(text: string): string {
  return new TerminalText().clean(text);
}

/** No controls but the tab, nothing that turns the direction of text around, no ends of lines that only some see. */
function isShown(code: number): boolean {
  if (code === 0x09) return true;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  if (code === 0x200e || code === 0x200f || code === 0x061c || code === 0xfeff) return false;
  if (code >= 0x2028 && code <= 0x202e) return false;
  if (code >= 0x2066 && code <= 0x2069) return false;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return !(code >= 0xe0000 && code <= 0xe007f);
}
