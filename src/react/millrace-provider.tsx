import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import type { ClientEnvironment } from '../client/environment.ts';
import { runtimeEnvironment } from '../client/runtime-environment.ts';
import { createMillraceRegistry, type MillraceRegistry } from './millrace-registry.ts';

const MillraceContext = createContext<MillraceRegistry | undefined>(undefined);

export interface MillraceProviderProps {
  /** Where the server is, for example `http://127.0.0.1:4000`. Default: where the page comes from. */
  readonly baseUrl?: string;
  /** Clock, chance and network. Default: the browser's. */
  readonly environment?: ClientEnvironment;
  readonly children: ReactNode;
}

/** Holds the connections of everything below it. Stands inside TanStack Query's `QueryClientProvider`. */
export function MillraceProvider({ baseUrl, environment = runtimeEnvironment, children }: MillraceProviderProps) {
  const queryClient = useQueryClient();
  const [registry] = useState(() => createMillraceRegistry({ queryClient, environment, baseUrl }));
  return <MillraceContext value={registry}>{children}</MillraceContext>;
}

/** The provider's connections; throws outside a provider. */
export function useMillrace(): MillraceRegistry {
  const registry = useContext(MillraceContext);
  if (!registry) throw new Error('millrace hooks need a <MillraceProvider> above them');
  return registry;
}
