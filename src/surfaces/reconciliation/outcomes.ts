import type { OutcomeOf } from '../../engine/outcome.ts';
import { parseUpdate, UPDATED } from './record.ts';

/** A service fails with every update that doesn't verify its numbers. */
export const serviceOutcome: OutcomeOf = ({ type, body }) => {
  if (type !== UPDATED) return undefined;
  const { service, status } = parseUpdate(body);
  return { of: `service ${service}`, kind: status === 'verified' ? 'succeeded' : 'failed' };
};
