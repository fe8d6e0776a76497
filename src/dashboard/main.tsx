import '../ui/theme.css';
import { createRoot, hydrateRoot } from 'react-dom/client';
import * as z from 'zod/mini';
import { holdPageClock } from '../react/page-clock.ts';
import { renderOrigin } from '../ui/page-origin.ts';
import { showTimeZone } from '../ui/time-format.ts';
import { App } from './app.tsx';
import { RENDERED_ELEMENT, type RenderedPage, renderedPageSchema } from './rendered-page.ts';
import { createDashboardRouter, pageOf } from './router.tsx';

// zod would try `new Function`, which the content security policy refuses.
z.config({ jitless: true });

declare global {
  interface Window {
    /** Returns the button that was pressed last before anything answered; see public/before-paint.js. */
    endEarlyPresses?: () => HTMLButtonElement | null | undefined;
  }
}

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');

const router = createDashboardRouter();
const rendered = readRendered();
if (rendered) await takeOver(container, rendered);
else {
  window.endEarlyPresses?.();
  createRoot(container).render(<App router={router} />);
}

/** Goes on with a page that the server has rendered, from the data it was rendered from. */
async function takeOver(root: HTMLElement, { at, timeZone, origin, data }: RenderedPage): Promise<void> {
  // Tells the router to render as its server side does. Its own way to pass on data needs inline scripts.
  router.ssr = { manifest: undefined };
  await router.load();
  if (data !== undefined) await (await pageOf(router)?.load())?.prepare?.(data);
  // From here on React answers: what is pressed while it takes over, it replays by itself.
  const pressed = window.endEarlyPresses?.();
  const onTakenOver = () => {
    takenOver();
    // Not within React's own work.
    if (pressed?.isConnected) queueMicrotask(() => pressed.click());
  };
  const app = <App router={router} rendered={data} onTakenOver={onTakenOver} />;
  if (timeZone !== Intl.DateTimeFormat().resolvedOptions().timeZone) {
    // Every time on the page reads otherwise here: it is rendered anew, from the same data.
    createRoot(root).render(app);
    return;
  }
  showTimeZone(timeZone);
  renderOrigin(origin);
  holdPageClock(at);
  hydrateRoot(root, app);
}

function takenOver(): void {
  holdPageClock(undefined);
  // For whoever measures: what is loaded from here on, nobody waits for.
  performance.mark('millrace-taken-over');
}

function readRendered(): RenderedPage | undefined {
  const text = document.getElementById(RENDERED_ELEMENT)?.textContent;
  return text ? renderedPageSchema.parse(JSON.parse(text)) : undefined;
}
