/** A line that begins or ends code: what stands before the marks, the marks, and the rest. */
const FENCE = /^((?:\s|(?:[-*+]|\d{1,9}[.)])\s+)*)(`{3,}|~{3,})(.*)/;
/** What goes on with a list or is indented belongs to the block before it. */
const CONTINUES = /^(\s|[-*+](\s|$)|\d{1,9}[.)](\s|$))/;
/** Definitions hold for the whole text, wherever they stand; and HTML may go on over blank lines. */
const WHOLE = /^ {0,3}(\[[^\]]+\]:|<[!?/a-z])/im;

/**
 * Where a line stands. In a list nobody can tell without reading all of Markdown whether code has ended with the list:
 * from there on nothing is cut.
 */
type Place = 'text' | 'doubtful' | Fence;

interface Fence {
  readonly marks: string;
  /** 0 for code that stands in no list. */
  readonly indent: number;
}

/**
 * Cuts Markdown into blocks that mean the same alone as together; joined they are the text again. While text is added at
 * the end, as a rule only the last of them changes, or ends and is followed by others.
 */
export function markdownBlocks(text: string): readonly string[] {
  if (WHOLE.test(text)) return [text];
  const blocks: string[] = [];
  let block = '';
  let place: Place = 'text';
  let isAfterBlank = false;
  for (const line of text.split(/(?<=\n)/)) {
    const isBlank = line.trim() === '';
    if (isAfterBlank && !isBlank && place === 'text' && !CONTINUES.test(line) && block.trim() !== '') {
      blocks.push(block);
      block = '';
    }
    block += line;
    isAfterBlank = isBlank;
    if (!isBlank) place = placeAfter(line, place);
  }
  if (block !== '') blocks.push(block);
  return blocks;
}

function placeAfter(line: string, place: Place): Place {
  if (place === 'doubtful') return place;
  const [, before = '', marks = '', rest = ''] = FENCE.exec(line) ?? [];
  // So far in it is code by its indent, or belongs to a list.
  const isDeep = before.length > 3 || before.includes('\t');
  if (place === 'text') return marks === '' ? 'text' : isDeep ? 'doubtful' : { marks, indent: before.length };
  const isEnd = marks.startsWith(place.marks) && rest.trim() === '' && before.trim() === '';
  if (place.indent === 0) return isEnd && !isDeep ? 'text' : place;
  if (!/^\s/.test(line)) return 'doubtful';
  if (!isEnd) return place;
  return isDeep ? 'doubtful' : 'text';
}
