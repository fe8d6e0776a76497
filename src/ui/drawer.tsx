import { lazy, Suspense } from 'react';
import { useHydrated } from '../react/rendered.tsx';
import type { DrawerProps } from './drawer-box.tsx';

const Box = lazy(() => import('./drawer-box.tsx').then((module) => ({ default: module.DrawerBox })));

/** Everything about one thing, beside the page; from below on small screens. Escape closes it. */
export function Drawer(props: DrawerProps) {
  // A server renders no dialog, and the code of one comes with the first.
  return useHydrated() ? (
    <Suspense>
      <Box {...props} />
    </Suspense>
  ) : null;
}
