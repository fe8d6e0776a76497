type Payload = Readonly<Record<string, unknown>>;
type Summarize = (payload: Payload) => string | undefined;

/** The member of a tool's input that says best what the call is about, first match wins. */
const TOOL_SUBJECTS = [
  'command',
  'file_path',
  'notebook_path',
  'pattern',
  'url',
  'query',
  'description',
  'skill',
  'subject',
  'prompt',
  'path',
  'plan',
];

const SUMMARIES: ReadonlyMap<string, Summarize> = new Map<string, Summarize>([
  ['SessionStart', (hook) => joined('Session started', text(hook, 'source'), text(hook, 'model'))],
  ['Setup', (hook) => joined('Setup', text(hook, 'trigger'))],
  ['SessionEnd', (hook) => joined('Session ended', text(hook, 'reason'))],
  ['InstructionsLoaded', (hook) => joined('Instructions loaded', text(hook, 'file_path'), text(hook, 'load_reason'))],
  ['UserPromptSubmit', (hook) => text(hook, 'prompt')],
  [
    'UserPromptExpansion',
    (hook) => text(hook, 'prompt') ?? joined(text(hook, 'command_name'), text(hook, 'command_args')),
  ],
  ['PreToolUse', toolCall],
  ['PermissionRequest', (hook) => joined('Asks permission', toolCall(hook))],
  ['PermissionDenied', (hook) => joined('Denied', text(hook, 'reason'), toolCall(hook))],
  ['PostToolUse', (hook) => withDuration(toolCall(hook), hook)],
  ['PostToolUseFailure', (hook) => joined(text(hook, 'error') ?? 'Failed', toolCall(hook))],
  ['PostToolBatch', toolBatch],
  ['Notification', (hook) => joined(text(hook, 'title'), text(hook, 'message') ?? text(hook, 'notification_type'))],
  ['MessageDisplay', (hook) => text(hook, 'delta')],
  ['SubagentStart', (hook) => joined('Sub-agent started', text(hook, 'agent_type'))],
  [
    'SubagentStop',
    (hook) => joined('Sub-agent stopped', text(hook, 'agent_type'), text(hook, 'last_assistant_message')),
  ],
  ['TaskCreated', (hook) => joined('Task created', text(hook, 'task_subject'))],
  ['TaskCompleted', (hook) => joined('Task completed', text(hook, 'task_subject'))],
  ['TeammateIdle', (hook) => joined('Idle', text(hook, 'teammate_name'), text(hook, 'team_name'))],
  ['Stop', (hook) => joined('Stopped', text(hook, 'last_assistant_message'))],
  ['StopFailure', (hook) => joined('Stopped by an error', text(hook, 'error'), text(hook, 'error_details'))],
  ['PreCompact', (hook) => joined('Compacting', text(hook, 'trigger'), text(hook, 'custom_instructions'))],
  ['PostCompact', (hook) => joined('Compacted', text(hook, 'trigger'), text(hook, 'compact_summary'))],
  ['ConfigChange', (hook) => joined('Settings changed', text(hook, 'source'), text(hook, 'file_path'))],
  ['CwdChanged', (hook) => joined('Changed directory', text(hook, 'new_cwd') ?? text(hook, 'cwd'))],
  ['FileChanged', (hook) => joined(`File ${text(hook, 'event') ?? 'change'}`, text(hook, 'file_path'))],
  ['WorktreeCreate', (hook) => joined('Worktree created', text(hook, 'name'))],
  ['WorktreeRemove', (hook) => joined('Worktree removed', text(hook, 'worktree_path'))],
  ['Elicitation', (hook) => joined(text(hook, 'mcp_server_name'), text(hook, 'message'))],
  ['ElicitationResult', (hook) => joined(text(hook, 'mcp_server_name'), text(hook, 'action'))],
]);

/** One line for people about what a hook reported; `undefined` when the payload says nothing more than its type. */
export function summarizeHook(eventType: string, payload: Payload): string | undefined {
  const summarize = SUMMARIES.get(eventType) ?? toolCall;
  return summarize(payload);
}

/** What a call of a tool is about: the command, the file, the query. */
function toolCall(hook: Payload): string | undefined {
  const input = hook.tool_input;
  if (typeof input === 'string') return firstLine(input);
  if (typeof input !== 'object' || input === null) return text(hook, 'tool_name');
  const members = new Map(Object.entries(input));
  for (const key of TOOL_SUBJECTS) {
    const value = members.get(key);
    if (typeof value === 'string' && value.trim() !== '') return firstLine(value);
  }
  const first = [...members.values()].find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof first === 'string' ? firstLine(first) : text(hook, 'tool_name');
}

function toolBatch(hook: Payload): string {
  const calls = hook.tool_calls;
  if (!Array.isArray(calls)) return 'Tool calls done';
  const names = calls.flatMap((call: unknown) => {
    const name = typeof call === 'object' && call !== null && 'tool_name' in call ? call.tool_name : undefined;
    return typeof name === 'string' ? [name] : [];
  });
  return joined(`${calls.length} tool calls done`, names.join(', ')) ?? 'Tool calls done';
}

function withDuration(line: string | undefined, hook: Payload): string | undefined {
  const duration = hook.duration_ms;
  return typeof duration === 'number' ? `${line ?? 'done'} (${Math.round(duration)} ms)` : line;
}

function text(hook: Payload, key: string): string | undefined {
  const value = hook[key];
  return typeof value === 'string' && value.trim() !== '' ? firstLine(value) : undefined;
}

function joined(...parts: readonly (string | undefined)[]): string | undefined {
  const present = parts.filter((part) => part !== undefined && part !== '');
  return present.length === 0 ? undefined : present.join(': ');
}

function firstLine(value: string): string {
  const trimmed = value.trim();
  const end = trimmed.search(/[\r\n]/);
  return end < 0 ? trimmed : `${trimmed.slice(0, end).trimEnd()} …`;
}
