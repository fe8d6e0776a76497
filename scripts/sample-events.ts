interface SampleTurn {
  readonly event_type: string;
  readonly tool_name?: string;
  readonly summary: string;
  readonly metadata?: object;
}

interface SampleAgent {
  readonly source_app: string;
  readonly session_id: string;
  readonly agent_id?: string;
  readonly agent_type?: string;
}

/** Who works in the pictures: four sessions, two of them with sub-agents. */
const AGENTS: readonly SampleAgent[] = [
  { source_app: 'checkout-service', session_id: '8f1c2a9e-41d7-4a53-9a60-52c1de3b7f04' },
  {
    source_app: 'checkout-service',
    session_id: '8f1c2a9e-41d7-4a53-9a60-52c1de3b7f04',
    agent_id: 'a41d70c2',
    agent_type: 'code-reviewer',
  },
  { source_app: 'resume-agent', session_id: '550e8400-e29b-41d4-a716-446655440000' },
  { source_app: 'docs-writer', session_id: 'c1a7b6d2-0f3e-4d8c-8b1a-7be0f5a9d3c6' },
  {
    source_app: 'docs-writer',
    session_id: 'c1a7b6d2-0f3e-4d8c-8b1a-7be0f5a9d3c6',
    agent_id: '07be5f1c',
    agent_type: 'Explore',
  },
  { source_app: 'billing-worker', session_id: '2b9d54c0-7a1e-4f57-b0d3-9c65f3a8e217' },
  {
    source_app: 'docs-writer',
    session_id: 'c1a7b6d2-0f3e-4d8c-8b1a-7be0f5a9d3c6',
    agent_id: '91d2a8e4',
    agent_type: 'test-runner',
  },
];

const TURNS: readonly SampleTurn[] = [
  { event_type: 'UserPromptSubmit', summary: 'Make the retry test deterministic' },
  { event_type: 'PreToolUse', tool_name: 'Read', summary: 'Reading src/payments/retry.ts' },
  { event_type: 'PostToolUse', tool_name: 'Read', summary: 'Read 184 lines' },
  {
    event_type: 'PreToolUse',
    tool_name: 'mcp__sqlite__query',
    summary: 'Querying portfolio_library table for RAG examples',
    metadata: { query: "SELECT * FROM portfolio_library WHERE technologies LIKE '%RAG%'" },
  },
  { event_type: 'PostToolUse', tool_name: 'mcp__sqlite__query', summary: '12 rows in 3 ms' },
  { event_type: 'PreToolUse', tool_name: 'Grep', summary: 'Searching for setTimeout in src/**/*.ts' },
  { event_type: 'PostToolUse', tool_name: 'Grep', summary: '9 matches in 4 files' },
  {
    event_type: 'PreToolUse',
    tool_name: 'Edit',
    summary: 'Injecting the clock into retry() so that the test moves time by hand',
    metadata: {
      tool_input: {
        file_path: 'src/payments/retry.ts',
        old_string: 'await delay(wait);',
        new_string: 'await clock.sleep(wait);',
        replace_all: false,
      },
      permission_mode: 'acceptEdits',
    },
  },
  { event_type: 'PostToolUse', tool_name: 'Edit', summary: 'Changed 12 lines in src/payments/retry.ts' },
  {
    event_type: 'PreToolUse',
    tool_name: 'Bash',
    summary: 'npm test -- retry',
    metadata: { tool_input: { command: 'npm test -- retry', timeout: 120000, description: 'Run the retry tests' } },
  },
  { event_type: 'PostToolUse', tool_name: 'Bash', summary: '14 passed, 0 failed' },
  { event_type: 'Notification', summary: 'Waiting for permission to push' },
  { event_type: 'PreToolUse', tool_name: 'WebFetch', summary: 'Fetching the changelog of the payment gateway' },
  { event_type: 'SubagentStop', summary: 'Reviewer finished with 2 remarks' },
  { event_type: 'Stop', summary: 'Turn ended after 41 s' },
];

/** Some minutes of agents at work, the same in every run but for the time. Oldest first. */
export function sampleEvents(now: number, minutes: number): object[] {
  const events: object[] = [];
  const start = now - minutes * 60_000;
  let at = start;
  for (let index = 0; at < now - 300; index += 1) {
    // Primes and a slow wave spread agents and pauses without randomness, so that two runs look alike.
    const agent = AGENTS[(index * 31 + Math.floor(index / 11)) % AGENTS.length];
    const { metadata = { cwd: '/home/dev/project', step: index + 1 }, ...turn } =
      TURNS[(index * 7) % TURNS.length] ?? {};
    events.push({ timestamp: new Date(at).toISOString(), ...agent, ...turn, metadata: JSON.stringify(metadata) });
    const wave = 1 + Math.sin((at - start) / 41_000) * 0.6 + Math.sin((at - start) / 13_000) * 0.3;
    at += 120 + ((index * 7919) % 700) / Math.max(0.15, wave);
  }
  return events;
}
