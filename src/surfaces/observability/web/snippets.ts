/** The hooks of Claude Code that report what an agent does. */
const HOOKS = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'Notification',
  'SubagentStop',
  'Stop',
  'SessionEnd',
] as const;

/** A line for a shell that records one event, now. */
export function curlSnippet(origin: string): string {
  const event = `{"timestamp":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","source_app":"my-app","event_type":"PreToolUse","tool_name":"Bash","summary":"Hello from curl"}`;
  return `curl -X POST ${origin}/events -H 'Content-Type: application/json' -d '${event}'`;
}

/** Settings for Claude Code: every hook posts what it is given. A server that is down never holds the agent up. */
export function hookSnippet(origin: string): string {
  const command = `curl -s -m 2 -o /dev/null -H 'Content-Type: application/json' -d @- ${origin}/hooks/claude-code || true`;
  const hooks = Object.fromEntries(HOOKS.map((name) => [name, [{ hooks: [{ type: 'command', command }] }]]));
  return JSON.stringify({ hooks }, null, 2);
}
