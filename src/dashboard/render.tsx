import { createMemoryHistory } from '@tanstack/react-router';
import { renderToString } from 'react-dom/server';
import * as z from 'zod/mini';
import { holdPageClock } from '../react/page-clock.ts';
import type { PreloadRequest } from '../ui/page-definition.ts';
import { renderOrigin } from '../ui/page-origin.ts';
import { renderSidebar, type SidebarState } from '../ui/sidebar-state.ts';
import { renderTheme, type Theme } from '../ui/theme.ts';
import { showTimeZone } from '../ui/time-format.ts';
import { App } from './app.tsx';
import type { pages } from './pages.ts';
import { RENDERED_ELEMENT, type RenderedPage } from './rendered-page.ts';
import { createDashboardRouter, type DashboardRouter, pageOf } from './router.tsx';
import { pageTitle } from './shell.tsx';

// As in the browser, which has to come to the same.
z.config({ jitless: true });

/** What React writes for a part that threw, whose error it keeps to itself. */
const LEFT_OUT = '<!--$!-->';

export interface RenderRequest extends Pick<PreloadRequest, 'fetch' | 'signal'> {
  /** Path and query. */
  readonly href: string;
  /** Scheme, host and port that the page was asked for. */
  readonly origin: string;
  /** `index.html` as it was built. */
  readonly template: string;
  /** Wall-clock milliseconds. */
  readonly now: number;
  /** The reader's IANA time zone, if it is known. */
  readonly timeZone: string | undefined;
  /** The reader's choices. */
  readonly theme: Theme;
  readonly sidebar: SidebarState;
}

export interface RenderResult {
  readonly status: number;
  readonly html: string;
  /** Why the page was rendered without its data, or not in whole. */
  readonly failure?: unknown;
}

/** Renders one page of the dashboard as complete HTML, which the browser then takes over (`main.tsx`). */
export async function renderPage(request: RenderRequest): Promise<RenderResult> {
  const { href, origin, template, now, theme, sidebar } = request;
  const router = createDashboardRouter(createMemoryHistory({ initialEntries: [href] }));
  await router.load();
  const match = router.state.matches.at(-1);
  const page = pageOf(router);
  const { data, failure } = await preload(request, page && match ? { page, match } : undefined);
  const timeZone = zoneOf(request.timeZone);
  const rendered: RenderedPage = { at: now, timeZone, origin, data };
  const app = renderApp(router, { rendered, theme, sidebar });
  const html = template
    .replace('<html lang="en">', theme !== 'system' ? `<html lang="en" data-theme="${theme}">` : '<html lang="en">')
    .replace(/<title>.*<\/title>/, () => `<title>${escapeText(pageTitle(page, match?.params))}</title>`)
    .replace('<div id="root"></div>', () => `<div id="root">${app}</div>${island(rendered)}`);
  const incomplete = failure ?? (app.includes(LEFT_OUT) ? new Error('a part of the page threw') : undefined);
  return { status: page ? 200 : 404, html, ...(incomplete !== undefined && { failure: incomplete }) };
}

type Match = DashboardRouter['state']['matches'][number];

async function preload(
  { fetch, signal }: RenderRequest,
  shown: { readonly page: (typeof pages)[number]; readonly match: Match } | undefined,
): Promise<{ readonly data?: unknown; readonly failure?: unknown }> {
  if (!shown) return {};
  try {
    const module = await shown.page.load();
    const { params, search } = shown.match;
    const data = await module.preload?.({ params, search, fetch, signal });
    await module.prepare?.(data);
    return { data };
  } catch (failure) {
    return { failure };
  }
}

interface Rendering extends Pick<RenderRequest, 'theme' | 'sidebar'> {
  readonly rendered: RenderedPage;
}

/** Nothing else runs meanwhile, so that clock and zone are this page's. */
function renderApp(router: DashboardRouter, { rendered, theme, sidebar }: Rendering): string {
  const { at, timeZone, origin, data } = rendered;
  renderTheme(theme);
  renderSidebar(sidebar);
  showTimeZone(timeZone);
  renderOrigin(origin);
  holdPageClock(at);
  try {
    return renderToString(<App router={router} rendered={data} />);
  } finally {
    holdPageClock(undefined);
  }
}

/** Data, not a script: no content security policy has to allow it. */
function island(rendered: RenderedPage): string {
  const json = JSON.stringify(rendered).replaceAll('<', '\\u003c');
  return `<script type="application/json" id="${RENDERED_ELEMENT}">${json}</script>`;
}

function zoneOf(asked: string | undefined): string {
  try {
    if (asked !== undefined) return new Intl.DateTimeFormat('en', { timeZone: asked }).resolvedOptions().timeZone;
  } catch {
    // Somebody else's cookie, or a zone this runtime doesn't know.
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
