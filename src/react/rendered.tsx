import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';

/** What a page was rendered from, until the browser has taken it over. */
interface Rendered {
  data: unknown;
  readonly onTakenOver: (() => void) | undefined;
}

const RenderedContext = createContext<Rendered | undefined>(undefined);

export interface RenderedProviderProps {
  /** What the page was rendered from; undefined for a page that the browser renders. */
  readonly data: unknown;
  /** Called once the page is the browser's. */
  readonly onTakenOver?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** Gives a page the data that a server has rendered it from. What is mounted later loads its own. */
export function RenderedProvider({ data, onTakenOver, children }: RenderedProviderProps) {
  const [rendered] = useState<Rendered>({ data, onTakenOver });
  return <RenderedContext value={rendered}>{children}</RenderedContext>;
}

/** Stands around the whole page and nothing else: the browser takes it over in one piece, which may be after the rest. */
export function RenderedPage({ children }: { readonly children: ReactNode }) {
  const rendered = useContext(RenderedContext);
  useEffect(() => {
    if (!rendered) return;
    rendered.data = undefined;
    rendered.onTakenOver?.();
  }, [rendered]);
  return children;
}

/** Gives a part of the page its part of the data, which is kept under a name. */
export function RenderedPart({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const data = useContext(RenderedContext)?.data;
  const isNamed = typeof data === 'object' && data !== null && name in data;
  const [part] = useState<Rendered>({
    data: isNamed ? (data as Record<string, unknown>)[name] : undefined,
    onTakenOver: undefined,
  });
  return <RenderedContext value={part}>{children}</RenderedContext>;
}

/**
 * What the page's own `preload` resolved with, when the page that a server has rendered is taken over; undefined at any
 * other time, and where it could not be loaded. To be read at the first render only.
 */
export function useRendered<Data>(): Data | undefined {
  const rendered = useContext(RenderedContext);
  // Made by the same page's `preload`, at the same build.
  const [data] = useState(rendered?.data as Data | undefined);
  return data;
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
