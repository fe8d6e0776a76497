import type { ComponentType } from 'react';

/** One page of a surface, as the dashboard's registry knows it. */
export interface PageDefinition {
  /** The URL path, for example `/events`; a part that begins with `$` is a parameter, as in `/users/$user`. */
  readonly path: `/${string}`;
  /** Its name in the navigation and the window's title. A page with a parameter stands in no navigation. */
  readonly title: string;
  /** What the window's title says instead, where the parameters name what is shown. */
  readonly titleOf?: (params: Readonly<Record<string, string>>) => string | undefined;
  /** Reads the URL's query; what it does not know it leaves out. */
  readonly validateSearch: (search: Record<string, unknown>) => Record<string, string | undefined>;
  /** Loads the page's code when it is first opened. */
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
  /** Loads what the page contributes to the start page. */
  readonly homePanel?: () => Promise<{ readonly Panel: ComponentType }>;
}
