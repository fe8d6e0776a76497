import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';

const RenderedContext = createContext<unknown>(undefined);

export interface RenderedProviderProps {
  /** What the page was rendered from; undefined for a page that the browser renders. */
  readonly data: unknown;
  /** Called once the page is the browser's. */
  readonly onTakenOver?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** Gives a page the data that a server has rendered it from. What is mounted later loads its own. */
export function RenderedProvider({ data, onTakenOver, children }: RenderedProviderProps) {
  const [given, setGiven] = useState(data);
  useEffect(() => {
    setGiven(undefined);
    onTakenOver?.();
  }, [onTakenOver]);
  return <RenderedContext value={given}>{children}</RenderedContext>;
}

/** Gives a part of the page its part of the data, which is kept under a name. */
export function RenderedPart({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const data = useContext(RenderedContext);
  const part = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
  return <RenderedContext value={part}>{children}</RenderedContext>;
}

/**
 * What the page's own `preload` resolved with, while the page that a server has rendered is taken over; undefined at any
 * other time, and where it could not be loaded.
 */
export function useRendered<Data>(): Data | undefined {
  // Made by the same page's `preload`, at the same build.
  return useContext(RenderedContext) as Data | undefined;
}

/** False while a server renders and while the browser takes its page over, which must show the same; then true. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
}

const subscribeToNothing = () => () => {};
