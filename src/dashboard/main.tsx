import '../ui/theme.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as z from 'zod/mini';
import { MillraceProvider } from '../react/millrace-provider.tsx';
import { RootErrorBoundary } from '../ui/root-error-boundary.tsx';
import { router } from './router.tsx';

// zod would try `new Function`, which the content security policy refuses.
z.config({ jitless: true });

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');

const queryClient = new QueryClient();

createRoot(container).render(
  <StrictMode>
    <RootErrorBoundary>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queryClient}>
          <MillraceProvider>
            <RouterProvider router={router} />
          </MillraceProvider>
        </QueryClientProvider>
      </CSPProvider>
    </RootErrorBoundary>
  </StrictMode>,
);
