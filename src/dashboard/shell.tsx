import { Outlet, useMatches } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useHydrated } from '../react/rendered.tsx';
import { classNames } from '../ui/class-names.ts';
import { ConnectionNotice } from '../ui/connection-notice.tsx';
import { ConnectionStatusBadge } from '../ui/connection-status-badge.tsx';
import type { PageDefinition } from '../ui/page-definition.ts';
import { storedSidebar, storeSidebar } from '../ui/sidebar-state.ts';
import { SkipLink } from '../ui/skip-link.tsx';
import { ThemeToggle } from '../ui/theme-toggle.tsx';
import { pages } from './pages.ts';
import { useShownTheme } from './shown-theme.ts';
import { Sidebar } from './sidebar.tsx';

const MAIN = 'main';
const allPages: readonly PageDefinition[] = pages;
const navigation = allPages.filter(({ path }) => !path.includes('$'));

/** What every page stands in: the name, the navigation, the connection and the theme. */
export function Shell() {
  const { title, route, hasHeading } = useShownPage();
  useEffect(() => {
    document.title = windowTitle(title);
  }, [title]);
  const [sidebar, setSidebar] = useState(storedSidebar);
  const toggle = () => {
    const next = sidebar === 'collapsed' ? 'expanded' : 'collapsed';
    storeSidebar(next);
    setSidebar(next);
  };
  return (
    <div
      id="tau-ops-shell"
      data-app="tau-ops-dashboard"
      data-theme={useShownTheme()}
      data-sidebar-state={sidebar}
      data-active-route={route}
      className="grid h-dvh grid-cols-[auto_minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)] max-sm:grid-rows-[auto_auto_minmax(0,1fr)]"
    >
      <SkipLink id="tau-ops-skip-to-main" target={MAIN} />
      <header className="contents">
        <Sidebar pages={navigation} title={title} state={sidebar} onToggle={toggle} />
        <div className="flex h-11 items-center gap-3 border-b border-line bg-surface px-4 max-sm:border-b-0 max-sm:px-2 max-sm:justify-end">
          <h1 className={classNames('min-w-0 truncate text-sm font-semibold max-sm:sr-only', hasHeading && 'sr-only')}>
            {title ?? 'Millrace'}
          </h1>
          <ConnectionStatusBadge />
          <span className="ml-auto flex">
            <ThemeToggle />
          </span>
        </div>
      </header>
      <main
        id={MAIN}
        tabIndex={-1}
        // Before that, buttons are there and don't answer yet.
        data-hydrated={useHydrated()}
        className="flex min-h-0 flex-col outline-none max-sm:col-span-2"
      >
        <ConnectionNotice />
        <Outlet />
      </main>
    </div>
  );
}

interface ShownPage {
  readonly title: string | undefined;
  /** The first part of its path. */
  readonly route: string;
  /** A page of one thing names that by itself. */
  readonly hasHeading: boolean;
}

function useShownPage(): ShownPage {
  const match = useMatches().at(-1);
  const page = allPages.find(({ path }) => path === match?.fullPath);
  const [, first = ''] = match?.fullPath.split('/') ?? [];
  return { title: nameOf(page, match?.params), route: first || 'home', hasHeading: page?.path.includes('$') ?? false };
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
