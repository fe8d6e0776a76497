import { hueClass } from '../../../ui/hue.ts';
import { OTHER_TYPES } from './activity.ts';

/** Types the chart draws by themselves; the rest is one. */
export const MAX_TYPES = 6;

/** The well-known types side by side in the chart: hues that differ, and red for failures only. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  [OTHER_TYPES, 'text-muted'],
  ['PreToolUse', 'hue-7'],
  ['PostToolUse', 'hue-5'],
  ['PostToolUseFailure', 'hue-0'],
  ['UserPromptSubmit', 'hue-9'],
  ['Notification', 'hue-2'],
  ['PermissionRequest', 'hue-1'],
  ['SubagentStart', 'hue-4'],
  ['SubagentStop', 'hue-3'],
  ['Stop', 'hue-11'],
  ['SessionStart', 'hue-6'],
  ['SessionEnd', 'hue-10'],
  ['PreCompact', 'hue-8'],
]);

/** The colour of an event type, the same in the chart and in the list. */
export function typeHue(type: string): string {
  return KNOWN.get(type) ?? hueClass(type);
}
