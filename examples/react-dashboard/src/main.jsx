import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { MillraceProvider, RootErrorBoundary } from 'millrace/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './dashboard.jsx';

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <RootErrorBoundary>
      <QueryClientProvider client={new QueryClient()}>
        <MillraceProvider>
          <Dashboard />
        </MillraceProvider>
      </QueryClientProvider>
    </RootErrorBoundary>
  </StrictMode>,
);
