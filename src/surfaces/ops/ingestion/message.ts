import type { OpsMessage } from '../ops-message.ts';
import type { IngestionBody } from '../records.ts';

export const ingestionMessage: OpsMessage = {
  type: 'ingestion',
  members({ at, body }) {
    const { mode, by } = JSON.parse(body) as IngestionBody;
    return JSON.stringify({ mode, by, since: new Date(at).toISOString() }).slice(1, -1);
  },
};
