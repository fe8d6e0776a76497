import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  rootRouteId,
} from '@tanstack/react-router';
import { RenderedPage } from '../react/rendered.tsx';
import type { PageDefinition } from '../ui/page-definition.ts';
import { NotFound } from './not-found.tsx';
import { PageFailed } from './page-failed.tsx';
import { pages } from './pages.ts';
import { parseSearch, stringifySearch } from './search-params.ts';
import { Shell } from './shell.tsx';

export type DashboardRouter = ReturnType<typeof createDashboardRouter>;

async function loadPage(page: PageDefinition) {
  const { Page } = await page.load();
  return {
    Page: () => (
      <RenderedPage>
        <Page />
      </RenderedPage>
    ),
  };
}

/** The pages by their paths. Default history: the browser's. */
export function createDashboardRouter(history?: RouterHistory) {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
  const pageRoutes = pages.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: page.path,
      validateSearch: page.validateSearch,
      component: lazyRouteComponent(() => loadPage(page), 'Page'),
      errorComponent: PageFailed,
    }),
  );
  return createRouter({
    routeTree: root.addChildren(pageRoutes),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    ...(history && { history }),
  });
}

/** The page that is shown; undefined where there is none. */
export function pageOf(router: DashboardRouter): PageDefinition | undefined {
  const match = router.state.matches.at(-1);
  // A path that leads nowhere ends at the root, which has the path of the start page.
  return match?.routeId === rootRouteId ? undefined : pages.find(({ path }) => path === match?.fullPath);
}
