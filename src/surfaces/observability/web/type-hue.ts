import { hueClass } from '../../../ui/hue.ts';
import { OTHER_TYPES } from './activity.ts';

/** Types the chart draws by themselves; the rest is one. */
export const MAX_TYPES = 6;

/** The colour of an event type, the same in the chart and in the list. */
export function typeHue(type: string): string {
  return type === OTHER_TYPES ? 'text-muted' : hueClass(type);
}
