import { lazy, Suspense } from 'react';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { surfacePages } from './surface-pages.ts';

const panels = surfacePages.flatMap(({ path, title, homePanel }) =>
  homePanel ? [{ path, title, Panel: lazy(async () => ({ default: (await homePanel()).Panel })) }] : [],
);

/** The page `/`: a panel of every surface that has one. A surface knows nothing of the others; here they meet. */
export function Page() {
  return (
    <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
      {panels.map(({ path, title, Panel }) => (
        <Suspense key={path} fallback={<SkeletonRows label={`Loading ${title.toLowerCase()}…`} />}>
          <Panel />
        </Suspense>
      ))}
    </div>
  );
}
