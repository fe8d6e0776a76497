import { isJsonObject } from '../../engine/http/json-safety.ts';
import { MillraceError } from '../../protocol/errors.ts';
import type { EventInput } from './event-input.ts';
import { cleanName, hookEvent } from './hook-payload.ts';

export interface ClaudeCodeHookOptions {
  /** `?source_app=` of the request. Default: the name of the folder the agent works in. */
  readonly sourceApp: string | undefined;
  /** Wall-clock time of arrival; hooks carry none. */
  readonly now: number;
}

/** Maps the JSON that Claude Code hands to a hook; throws `invalid_request` when it isn't one. */
export function claudeCodeHookEvent(payload: unknown, { sourceApp, now }: ClaudeCodeHookOptions): EventInput {
  if (!isJsonObject(payload)) throw new MillraceError('invalid_request', 'the body must be a JSON object');
  const eventType = cleanName(payload.hook_event_name, Number.MAX_SAFE_INTEGER);
  if (eventType === undefined) {
    throw new MillraceError('invalid_request', 'hook_event_name: is required', {
      details: { issues: [{ path: 'hook_event_name', message: 'is required' }] },
    });
  }
  return hookEvent({
    timestamp: new Date(now).toISOString(),
    sourceApp: sourceApp || folderName(payload.cwd) || 'claude-code',
    eventType,
    payload,
  });
}

function folderName(cwd: unknown): string | undefined {
  return typeof cwd === 'string' ? cwd.split(/[\\/]/).findLast((part) => part !== '') : undefined;
}
