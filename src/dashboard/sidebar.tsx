import { Link } from '@tanstack/react-router';
import PanelLeftClose from 'lucide-react/icons/panel-left-close';
import PanelLeftOpen from 'lucide-react/icons/panel-left-open';
import { useEffect, useRef } from 'react';
import { classNames } from '../ui/class-names.ts';
import type { PageDefinition } from '../ui/page-definition.ts';
import type { SidebarState } from '../ui/sidebar-state.ts';
import { Logo } from './logo.tsx';
import { pageIcon } from './page-icons.ts';

export interface SidebarProps {
  readonly pages: readonly PageDefinition[];
  /** What is shown now; its entry is scrolled into sight. */
  readonly title: string | undefined;
  readonly state: SidebarState;
  readonly onToggle: () => void;
}

/** The pages: beside the content with icons, on small screens as a bar of names above it that scrolls. */
export function Sidebar({ pages, title, state, onToggle }: SidebarProps) {
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page may stand out of sight where the screen is small
  useEffect(() => {
    nav.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [title]);
  const isCollapsed = state === 'collapsed';
  const ToggleIcon = isCollapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <div
      className={classNames(
        'row-span-2 flex min-h-0 flex-col border-r border-line bg-surface max-sm:contents',
        isCollapsed ? 'w-13' : 'w-48',
      )}
    >
      <span className="flex h-11 shrink-0 items-center gap-2 px-3.5 text-sm font-semibold tracking-tight max-sm:bg-surface max-sm:px-3">
        <Logo />
        <span className={classNames(isCollapsed && 'sm:sr-only')}>Millrace</span>
      </span>
      <nav
        ref={nav}
        aria-label="Pages"
        className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto p-2 max-sm:col-span-2 max-sm:row-start-2 max-sm:h-10 max-sm:flex-row max-sm:items-center max-sm:gap-0 max-sm:overflow-x-auto max-sm:overflow-y-hidden max-sm:border-b max-sm:border-line max-sm:bg-surface max-sm:py-0"
      >
        {pages.map((page) => (
          <NavigationLink key={page.path} page={page} isCollapsed={isCollapsed} />
        ))}
      </nav>
      <div className="border-t border-line p-2 max-sm:hidden">
        <button
          type="button"
          onClick={onToggle}
          {...(isCollapsed && { title: 'Expand sidebar' })}
          className="flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-text"
        >
          <ToggleIcon size={16} aria-hidden className="shrink-0" />
          <span className={classNames(isCollapsed && 'sr-only')}>
            {isCollapsed ? 'Expand' : 'Collapse'}
            <span className="sr-only"> sidebar</span>
          </span>
        </button>
      </div>
    </div>
  );
}

function NavigationLink({ page, isCollapsed }: { readonly page: PageDefinition; readonly isCollapsed: boolean }) {
  const Icon = pageIcon(page.path);
  return (
    <Link
      to={page.path}
      activeOptions={{ exact: page.path === '/' }}
      {...(isCollapsed && { title: page.title })}
      className="flex h-8 shrink-0 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-text aria-[current=page]:bg-selected aria-[current=page]:text-text max-sm:h-7"
    >
      <Icon size={16} aria-hidden className="shrink-0 max-sm:hidden" />
      <span className={classNames(isCollapsed && 'sm:sr-only')}>{page.title}</span>
    </Link>
  );
}
