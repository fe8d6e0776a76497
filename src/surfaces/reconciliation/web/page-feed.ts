import { createReconciliationFeed } from '../../../react/reconciliation-feed.ts';
import { reconciliationEventSchema } from '../events.ts';

/** The feed of the page, with everything that Millrace adds to the schema of specs/001. */
export const pageFeed = createReconciliationFeed((value) => reconciliationEventSchema.parse(value));
