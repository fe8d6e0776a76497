/** The colours of the page: a fixed choice, or what the system prefers. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Also read by the server, which renders the page in it, and by src/dashboard/public/before-paint.js. */
const COOKIE = 'millrace-theme';
const YEAR_S = 31_536_000;

let renderedFor: Theme = 'system';
const listeners = new Set<() => void>();

/** On a server: what the reader of the page that is rendered next has chosen. */
export function renderTheme(theme: Theme): void {
  renderedFor = theme;
}

/** What somebody chose. */
export function storedTheme(): Theme {
  if (typeof document === 'undefined') return renderedFor;
  const stored = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return THEMES.find((theme) => theme === stored?.slice(COOKIE.length + 1)) ?? 'system';
}

/** Shows the theme, and remembers it. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${theme === 'system' ? 0 : YEAR_S}; samesite=strict`;
  for (const listener of [...listeners]) listener();
}

/** Tells of every choice. */
export function subscribeToTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
}
