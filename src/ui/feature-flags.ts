/** What can be switched on when the dashboard is built: each by a variable `VITE_FF_<NAME>` set to `true` or `1`. */
export const FEATURE_FLAGS = ['AI_DELEGATION'] as const;
export type FeatureFlag = (typeof FEATURE_FLAGS)[number];

/** Whether a feature is switched on; everything is off unless said otherwise (specs/001, task 7). */
export function isFeatureEnabled(
  flag: FeatureFlag,
  env: Readonly<Record<string, unknown>> = import.meta.env ?? {},
): boolean {
  const value = env[`VITE_FF_${flag}`];
  return value === true || value === 'true' || value === '1';
}
