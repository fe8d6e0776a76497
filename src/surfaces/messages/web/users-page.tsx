import type { PreloadRequest } from '../../../ui/page-definition.ts';
import { USERS } from './summary-kind.ts';
import { preloadSummary, SummaryPage } from './summary-page.tsx';

export const preload = (request: PreloadRequest) => preloadSummary(USERS, request);

/** The page `/users`. */
export function Page() {
  return <SummaryPage kind={USERS} />;
}
