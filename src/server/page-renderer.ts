import { pathToFileURL } from 'node:url';

/** Reads a path of this server in the name of whoever asked for the page. */
export type PageFetch = (
  path: string,
  init?: { readonly headers?: Record<string, string>; readonly signal?: AbortSignal },
) => Promise<Response>;

export interface PageRequest {
  /** Path and query. */
  readonly href: string;
  /** Scheme, host and port that it was asked for. */
  readonly origin: string;
  readonly template: string;
  readonly now: number;
  readonly timeZone: string | undefined;
  readonly theme: 'system' | 'light' | 'dark';
  readonly sidebar: 'expanded' | 'collapsed';
  readonly fetch: PageFetch;
  readonly signal: AbortSignal;
}

export interface RenderedHtml {
  readonly status: number;
  readonly html: string;
  /** Why the page came out without its data, or not in whole. */
  readonly failure?: unknown;
}

/** Renders a page of the dashboard. Made of src/dashboard/render.tsx, which a server cannot import: it is web code. */
export type PageRenderer = (request: PageRequest) => Promise<RenderedHtml>;

/** The renderer as it was built; undefined where it wasn't. */
export async function loadPageRenderer(path: string): Promise<PageRenderer | undefined> {
  if (!(await Bun.file(path).exists())) return undefined;
  const module: { readonly renderPage?: unknown } = await import(pathToFileURL(path).href);
  if (typeof module.renderPage !== 'function') throw new Error(`${path} renders no page: run \`npm run build\``);
  // What it does is shown by e2e/rendered-pages.spec.ts: nothing here can check the types of what is built.
  return module.renderPage as PageRenderer;
}
