import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { PageFailed } from './page-failed.tsx';
import { pages } from './pages.ts';
import { parseSearch, stringifySearch } from './search-params.ts';
import { Shell } from './shell.tsx';

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

export const router = createRouter({
  routeTree: root.addChildren(pageRoutes),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
});
