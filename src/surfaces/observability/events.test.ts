import { describe, expect, it } from 'vitest';
import { streamMessageSchema } from './events.ts';

const SPEC_EXAMPLE = {
  type: 'event',
  cursor: 'abc.123.x1',
  data: {
    id: 123,
    timestamp: '2025-10-21T10:30:45.123Z',
    source_app: 'resume-agent',
    event_type: 'PreToolUse',
    tool_name: 'mcp__sqlite__query',
    summary: 'Querying portfolio_library table for RAG examples',
    session_id: '550e8400-e29b-41d4-a716-446655440000',
    metadata: '{"query": "SELECT * FROM portfolio_library WHERE technologies LIKE \'%RAG%\'"}',
    created_at: '2025-10-21T10:30:45.456Z',
  },
};

describe('streamMessageSchema', () => {
  it('accepts the example message of specs/004 unchanged', () => {
    expect(streamMessageSchema.parse(SPEC_EXAMPLE)).toEqual(SPEC_EXAMPLE);
  });

  it('refuses an event without an id', () => {
    const { id: _, ...data } = SPEC_EXAMPLE.data;
    expect(streamMessageSchema.safeParse({ ...SPEC_EXAMPLE, data }).success).toBe(false);
  });
});
