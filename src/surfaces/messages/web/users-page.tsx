import { USERS } from './summary-kind.ts';
import { SummaryPage } from './summary-page.tsx';

/** The page `/users`. */
export function Page() {
  return <SummaryPage kind={USERS} />;
}
