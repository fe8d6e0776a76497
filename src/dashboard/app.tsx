import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useState } from 'react';
import { MillraceProvider } from '../react/millrace-provider.tsx';
import { RenderedProvider } from '../react/rendered.tsx';
import { RootErrorBoundary } from '../ui/root-error-boundary.tsx';
import type { DashboardRouter } from './router.tsx';

export interface AppProps {
  readonly router: DashboardRouter;
  /** What the page was rendered from by a server. */
  readonly rendered?: unknown;
  /** Called once such a page is the browser's. */
  readonly onTakenOver?: () => void;
}

/** The whole dashboard, the same on the server and in the browser. */
export function App({ router, rendered, onTakenOver }: AppProps) {
  const [queryClient] = useState(() => new QueryClient());
  return (
    <StrictMode>
      <RootErrorBoundary>
        <CSPProvider disableStyleElements>
          <QueryClientProvider client={queryClient}>
            <MillraceProvider>
              <RenderedProvider data={rendered} onTakenOver={onTakenOver}>
                <RouterProvider router={router} />
              </RenderedProvider>
            </MillraceProvider>
          </QueryClientProvider>
        </CSPProvider>
      </RootErrorBoundary>
    </StrictMode>
  );
}
