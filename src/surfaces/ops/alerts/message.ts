import type { OpsMessage } from '../ops-message.ts';
import { alertOf } from './records.ts';

export const alertMessage: OpsMessage = {
  type: 'alert',
  members: ({ body }) => JSON.stringify(alertOf(body)).slice(1, -1),
};
