import type { PageDefinition } from '../ui/page-definition.ts';
import { surfacePages } from './surface-pages.ts';

/** The start page, made of what the others contribute to it. */
export const homePage = {
  path: '/',
  title: 'Home',
  validateSearch: () => ({}),
  load: async () => (await import('./home-page.tsx')).loadHomePage(),
} as const satisfies PageDefinition;

/** Every page of the dashboard, in the order of the navigation; those with a parameter stand in none. */
export const pages: readonly PageDefinition[] = [homePage, ...surfacePages];
