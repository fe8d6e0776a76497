import { parseSearch } from './search-words.ts';

/** What is searched for in the syntax of FTS5. Words hold no quote, so what a person types never becomes syntax. */
export function searchExpression(text: string): string | undefined {
  const search = parseSearch(text);
  if (!search) return undefined;
  const quoted = search.phrases.map((words) => `"${words.join(' ')}"`);
  return `${quoted.join(' AND ')}${search.isPrefix ? '*' : ''}`;
}
