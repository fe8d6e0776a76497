const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const LARGE = 100_000;

/** Short enough for a row: `12,345`, then `1.2M`. */
export function compactNumber(value: number): string {
  return Math.abs(value) < LARGE ? value.toLocaleString('en') : COMPACT.format(value);
}
