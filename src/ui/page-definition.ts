import type { ComponentType } from 'react';

/** What a page is shown for, and how it reads the server it comes from. */
export interface PreloadRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly search: Readonly<Record<string, string | undefined>>;
  /** As the browser's own, for paths of this server, in the name of whoever asked for the page. */
  readonly fetch: (
    path: string,
    init?: {
      readonly method?: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly signal?: AbortSignal;
    },
  ) => Promise<Response>;
  readonly signal: AbortSignal;
}

/** Code that shows something, and what it wants to know before. */
export interface Preloading {
  /**
   * Reads what is shown first, as JSON, so that a server can render it; `useRendered` gives it back. What it rejects with
   * leaves the page to load by itself.
   */
  readonly preload?: (request: PreloadRequest) => Promise<unknown>;
  /** Loads the code that what `preload` gave is shown by, before it is, on both sides. */
  readonly prepare?: (data: unknown) => Promise<void>;
}

export interface PageModule extends Preloading {
  readonly Page: ComponentType;
}

export interface PanelModule extends Preloading {
  readonly Panel: ComponentType;
}

/** One page of a surface, as the dashboard's registry knows it. */
export interface PageDefinition {
  /** The URL path, for example `/events`; a part that begins with `$` is a parameter, as in `/users/$user`. */
  readonly path: `/${string}`;
  /** Its name in the navigation and the window's title. A page with a parameter stands in no navigation. */
  readonly title: string;
  /** What the window's title says instead, where the parameters name what is shown. */
  readonly titleOf?: (params: Readonly<Record<string, string>>) => string | undefined;
  /** Reads the URL's query; what it does not know it leaves out. */
  readonly validateSearch: (search: Record<string, unknown>) => Record<string, string | undefined>;
  /** Loads the page's code when it is first opened. */
  readonly load: () => Promise<PageModule>;
  /** Loads what the page contributes to the start page. */
  readonly homePanel?: () => Promise<PanelModule>;
}
