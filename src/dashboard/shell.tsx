import { Link, Outlet, useMatches } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ConnectionNotice } from '../ui/connection-notice.tsx';
import { ConnectionStatusBadge } from '../ui/connection-status-badge.tsx';
import type { PageDefinition } from '../ui/page-definition.ts';
import { SkipLink } from '../ui/skip-link.tsx';
import { ThemeToggle } from '../ui/theme-toggle.tsx';
import { Logo } from './logo.tsx';
import { pages } from './pages.ts';

const MAIN = 'main';
const allPages: readonly PageDefinition[] = pages;
const navigation = allPages.filter(({ path }) => !path.includes('$'));

/** What every page stands in: the name, the navigation, the connection and the theme. */
export function Shell() {
  const title = useTitle();
  useEffect(() => {
    document.title = windowTitle(title);
  }, [title]);
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page may stand out of sight where the screen is small
  useEffect(() => {
    nav.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [title]);
  return (
    <>
      <SkipLink target={MAIN} />
      <div className="flex h-dvh flex-col">
        <header className="flex h-12 shrink-0 items-center gap-4 border-b border-line bg-surface px-4 max-sm:h-auto max-sm:flex-wrap max-sm:gap-x-2 max-sm:gap-y-0 max-sm:pt-2">
          <span className="flex items-center gap-2 text-sm font-semibold tracking-tight">
            <Logo />
            <span>Millrace</span>
          </span>
          <nav
            ref={nav}
            aria-label="Pages"
            className="flex h-full min-w-0 items-center gap-1 overflow-x-auto max-sm:order-last max-sm:-mx-4 max-sm:h-11 max-sm:basis-[calc(100%+2rem)] max-sm:gap-0 max-sm:px-2"
          >
            {navigation.map((page) => (
              <Link
                key={page.path}
                to={page.path}
                activeOptions={{ exact: page.path === '/' }}
                className="rounded-md px-2.5 py-1 font-medium text-muted hover:text-text aria-[current=page]:bg-hover aria-[current=page]:text-text"
              >
                {page.title}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center gap-2">
            <ConnectionStatusBadge />
            <ThemeToggle />
          </div>
        </header>
        <main id={MAIN} tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          <h1 className="sr-only">{title ?? 'Millrace'}</h1>
          <ConnectionNotice />
          <Outlet />
        </main>
      </div>
    </>
  );
}

function useTitle(): string | undefined {
  const match = useMatches().at(-1);
  const page = allPages.find(({ path }) => path === match?.fullPath);
  return nameOf(page, match?.params);
}

function nameOf(page: PageDefinition | undefined, params: Readonly<Record<string, string>> = {}): string | undefined {
  return page?.titleOf?.(params) ?? page?.title;
}

function windowTitle(name: string | undefined): string {
  return name === undefined ? 'Millrace' : `${name} · Millrace`;
}

/** What the window says while a page is shown. */
export function pageTitle(page: PageDefinition | undefined, params?: Readonly<Record<string, string>>): string {
  return windowTitle(nameOf(page, params));
}
