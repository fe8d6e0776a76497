/** mIRC colours `^C12,4`, and `^D` with hexadecimal ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what IRC formats text with
const COLOURS = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; bold, italics, underline, reset and the rest of C0 and C1
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;

/** Text without colours and control codes; a tab becomes a space, and what surrounds the text is cut. */
export function plainText(text: string): string {
  return text.replace(COLOURS, '').replace(CONTROLS, '').replaceAll('\t', ' ').trim();
}
