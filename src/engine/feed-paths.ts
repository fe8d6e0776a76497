import type { FeedDefinition } from './feed.ts';

export interface FoundFeed {
  readonly feed: FeedDefinition;
  /** The path's own values for the segments that stand for any. */
  readonly params: Readonly<Record<string, string>>;
}

/** Finds feeds by URL path. */
export class FeedPaths {
  readonly #exact = new Map<string, FoundFeed>();
  readonly #patterns: { readonly feed: FeedDefinition; readonly segments: readonly string[] }[] = [];

  constructor(feeds: readonly FeedDefinition[]) {
    for (const feed of feeds) {
      if (feed.path.includes('/:')) this.#patterns.push({ feed, segments: feed.path.split('/') });
      else this.#exact.set(feed.path, { feed, params: {} });
    }
  }

  find(path: string): FoundFeed | undefined {
    const exact = this.#exact.get(path);
    if (exact || this.#patterns.length === 0) return exact;
    const parts = path.split('/');
    for (const { feed, segments } of this.#patterns) {
      const params = match(segments, parts);
      if (params) return { feed, params };
    }
    return undefined;
  }
}

function match(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== part) return undefined;
      continue;
    }
    const value = decode(part);
    if (!value) return undefined;
    params[segment.slice(1)] = value;
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
