import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { CHANNELS } from './summary-kind.ts';
import { preloadSummary, SummaryPage } from './summary-page.tsx';

export const preload = (request: PreloadRequest) => preloadSummary(CHANNELS, request);

/** The page `/channels`. */
export function Page() {
  return <SummaryPage kind={CHANNELS} />;
}
