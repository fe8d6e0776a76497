/** What the supervisor tells of the program, one line of JSON each. */
export type SupervisorReport =
  | { readonly kind: 'started'; readonly pid: number }
  /** `reason`: the system's code, for example `ENOENT`. */
  | { readonly kind: 'unstartable'; readonly reason: string }
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }
  /** It was ended, as it was told to. */
  | { readonly kind: 'stopped' };
