import { describe, expect, it } from 'vitest';
import { eventLine } from './event-line.ts';

const EVENT = {
  timestamp: '2025-10-21T10:30:45.123Z',
  source_app: 'shop',
  event_type: 'PreToolUse',
  tool_name: 'Bash',
  summary: 'npm test',
  session_id: '550e8400-e29b',
};

describe('eventLine', () => {
  it('shows time, app, type, tool, summary and session', () => {
    const line = eventLine({ type: 'event', cursor: 'e.1.t', data: EVENT }, false);
    expect(line).toBe('10:30:45.123 shop PreToolUse Bash npm test (550e8400)');
  });

  it('shows an event of another feed by its type and members', () => {
    expect(eventLine({ type: 'said', cursor: 'e.1.t', text: 'hi' }, false)).toBe('said {"text":"hi"}');
  });

  it('lets no control character of an event reach the terminal, and caps the line', () => {
    const data = { ...EVENT, summary: `\u001b]0;owned\u0007\u009b31m\n${'x'.repeat(10_000)}` };
    const line = eventLine({ type: 'event', cursor: 'e.1.t', data }, false);
    expect(line).not.toMatch(/\p{Cc}/u);
    expect(line.length).toBeLessThan(600);
  });

  it('colours an app the same each time, only when asked', () => {
    const message = { type: 'event', cursor: 'e.1.t', data: EVENT };
    const code = '\u001b[';
    expect(eventLine(message, true)).toBe(eventLine(message, true));
    expect(eventLine(message, true)).toContain(code);
    expect(eventLine(message, false)).not.toContain(code);
  });
});
