import { gzipSync } from 'node:zlib';
import type { Logger } from 'pino';
import type { PageFetch, PageRenderer } from './page-renderer.ts';
import type { StaticFiles } from './static-files.ts';

export interface PagesOptions {
  readonly files: StaticFiles;
  /** Without it pages are sent as the browser renders them. */
  readonly renderer: PageRenderer | undefined;
  readonly logger: Logger;
}

/** The data of a page may take this long; then it is sent without. */
const PRELOAD_LIMIT_MS = 2_000;
const GZIP_LEVEL = 4;
const NOT_BUILT = 'The dashboard is not built: run `npm run build`. The API and the feeds work without it.\n';
const HTML = {
  'content-type': 'text/html; charset=utf-8',
  // Who asks decides what is in it.
  'cache-control': 'no-store',
  vary: 'accept-encoding, cookie',
};

/** The pages of the dashboard: rendered here with what they show now, then taken over by the browser. */
export class Pages {
  readonly #options: PagesOptions;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  async respond(request: Request, url: URL, fetch: PageFetch): Promise<Response> {
    const { files, renderer, logger } = this.#options;
    const template = files.text('/index.html');
    if (template === undefined)
      return new Response(NOT_BUILT, { status: 503, headers: { 'content-type': 'text/plain' } });
    if (renderer) {
      try {
        const cookies = readCookies(request);
        const { status, html, failure } = await renderer({
          href: `${url.pathname}${url.search}`,
          origin: url.origin,
          template,
          now: Date.now(),
          timeZone: cookies.get('millrace-zone'),
          theme: themeOf(cookies.get('millrace-theme')),
          sidebar: cookies.get('millrace-sidebar') === 'collapsed' ? 'collapsed' : 'expanded',
          fetch,
          signal: AbortSignal.timeout(PRELOAD_LIMIT_MS),
        });
        if (failure !== undefined)
          logger.info({ err: failure, path: url.pathname }, 'a page was not rendered in whole');
        return htmlResponse(html, status, request);
      } catch (error) {
        logger.error({ err: error, path: url.pathname }, 'a page could not be rendered');
      }
    }
    return htmlResponse(template, 200, request);
  }
}

function htmlResponse(text: string, status: number, request: Request): Response {
  const accepts = (request.headers.get('accept-encoding') ?? '').includes('gzip');
  if (!accepts) return new Response(text, { status, headers: HTML });
  const body = new Uint8Array(gzipSync(text, { level: GZIP_LEVEL }));
  return new Response(body, { status, headers: { ...HTML, 'content-encoding': 'gzip' } });
}

function themeOf(cookie: string | undefined): 'system' | 'light' | 'dark' {
  return cookie === 'light' || cookie === 'dark' ? cookie : 'system';
}

function readCookies(request: Request): ReadonlyMap<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', value = '']) => [name, decode(value)]));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
