import { RenderedPart } from '../react/rendered.tsx';
import type { PageModule, PreloadRequest } from '../ui/page-definition.ts';
import { surfacePages } from './surface-pages.ts';

/** The page `/`: a panel of every surface that has one. A surface knows nothing of the others; here they meet. */
export async function loadHomePage(): Promise<PageModule> {
  const panels = await Promise.all(
    surfacePages.flatMap(({ path, homePanel }) =>
      homePanel ? [homePanel().then((module) => ({ path, ...module }))] : [],
    ),
  );
  return {
    Page: () => (
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        {panels.map(({ path, Panel }) => (
          <RenderedPart key={path} name={path}>
            <Panel />
          </RenderedPart>
        ))}
      </div>
    ),
    async preload(request: PreloadRequest) {
      const parts = panels.map(
        async ({ path, preload }) => [path, await preload?.(request).catch(() => undefined)] as const,
      );
      return Object.fromEntries(await Promise.all(parts));
    },
  };
}
