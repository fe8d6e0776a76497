/** Names beside the icons of the navigation, or icons alone. */
export const SIDEBAR_STATES = ['expanded', 'collapsed'] as const;
export type SidebarState = (typeof SIDEBAR_STATES)[number];

/** Also read by the server, which renders the page with it. */
const COOKIE = 'millrace-sidebar';
const YEAR_S = 31_536_000;

let renderedFor: SidebarState = 'expanded';

/** On a server: what the reader of the page that is rendered next has chosen. */
export function renderSidebar(state: SidebarState): void {
  renderedFor = state;
}

/** What somebody chose. Default `expanded`. */
export function storedSidebar(): SidebarState {
  if (typeof document === 'undefined') return renderedFor;
  return document.cookie.split('; ').includes(`${COOKIE}=collapsed`) ? 'collapsed' : 'expanded';
}

/** Remembers it for the pages to come. */
export function storeSidebar(state: SidebarState): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${COOKIE}=${state}; path=/; max-age=${YEAR_S}; samesite=strict`;
}
