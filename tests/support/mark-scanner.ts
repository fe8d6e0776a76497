/** An event's mark as `bench/load/events.ts` makes them, or a reset. */
const FOUND = /"summary":"mark (\d{9})|"type":"reset"/g;
/** A match is at most this long, so that less of one stands at the end of what has come. */
const LONGEST_MATCH = 25;

/** Finds what a feed says in the bytes of a connection, whatever pieces they come in. */
export class MarkScanner {
  /** In order. */
  readonly marks: number[] = [];
  bytes = 0;
  resets = 0;
  #rest = '';

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    const text = this.#rest + chunk.toString('latin1');
    let end = 0;
    for (const { 0: match, 1: mark, index } of text.matchAll(FOUND)) {
      end = index + match.length;
      if (mark === undefined) this.resets += 1;
      else this.marks.push(Number(mark));
    }
    this.#rest = text.slice(Math.max(end, text.length - LONGEST_MATCH + 1));
  }
}
