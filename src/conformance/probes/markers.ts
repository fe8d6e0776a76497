/** The attributes of a page's elements, in the order of the page. */
export interface Markers {
  readonly all: readonly Readonly<Record<string, string>>[];
}

/** What is no markup although it may look so. */
const NO_MARKUP = /<!--[\s\S]*?-->|<(script|style|template)\b[\s\S]*?<\/\1\s*>/gi;
const START_TAG = /<[a-z][\w-]*((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" };

/** Reads the attributes of every start tag that the server sent: what is there without JavaScript. */
export function markersIn(html: string): Markers {
  const tags = html.replace(NO_MARKUP, '').matchAll(START_TAG);
  return { all: [...tags].map(([, attributes = '']) => attributesIn(attributes)) };
}

function attributesIn(text: string): Record<string, string> {
  const found = [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => [
    name.toLowerCase(),
    decoded(double ?? single ?? bare ?? ''),
  ]);
  return Object.fromEntries(found);
}

function decoded(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
}
