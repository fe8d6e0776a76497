import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { PageFailed } from './page-failed.tsx';
import { pages } from './pages.ts';
import { parseSearch, stringifySearch } from './search-params.ts';
import { Shell } from './shell.tsx';

export type DashboardRouter = ReturnType<typeof createDashboardRouter>;

/** The pages by their paths. Default history: the browser's. */
export function createDashboardRouter(history?: RouterHistory) {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
  const pageRoutes = pages.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: page.path,
      validateSearch: page.validateSearch,
      component: lazyRouteComponent(page.load, 'Page'),
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
