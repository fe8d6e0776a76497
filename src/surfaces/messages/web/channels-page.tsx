import { CHANNELS } from './summary-kind.ts';
import { SummaryPage } from './summary-page.tsx';

/** The page `/channels`. */
export function Page() {
  return <SummaryPage kind={CHANNELS} />;
}
