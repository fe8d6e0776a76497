import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { MillraceProvider } from 'millrace/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './dashboard.jsx';

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <MillraceProvider>
        <Dashboard />
      </MillraceProvider>
    </QueryClientProvider>
  </StrictMode>,
);
