import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChatMessage } from '../../events.ts';
import { prepareMarkdown } from './chat-markdown.tsx';
import { ChatPanel, type ChatPanelProps } from './chat-panel.tsx';
import { EXAMPLE_QUESTIONS } from './chat-words.ts';

configure({ asyncUtilTimeout: 60_000 });
afterEach(cleanup);

const AT = '2026-11-01T10:00:00.000Z';
const NOW = Date.parse(AT) + 120_000;

function message(id: string, members: Partial<ChatMessage> = {}): ChatMessage {
  return { id, role: 'assistant', tokens: [], status: 'complete', error: null, actor: null, at: AT, ...members };
}

const QUESTION = message('q', { role: 'user', tokens: ['How is it?'] });
const ANSWER = message('a', { tokens: ['All ', 'is **', 'well', '**.\n"yes"'] });

function panel(members: Partial<ChatPanelProps> = {}) {
  const props: ChatPanelProps = {
    messages: [],
    isConfigured: true,
    hint: null,
    connection: 'live',
    now: NOW,
    onSend: async () => {},
    onCancel: async () => {},
    ...members,
  };
  return <ChatPanel {...props} />;
}

function show(members: Partial<ChatPanelProps> = {}) {
  const onSend = vi.fn<ChatPanelProps['onSend']>(async () => {});
  const onCancel = vi.fn<ChatPanelProps['onCancel']>(async () => {});
  const shared = { onSend, onCancel, ...members };
  const { container, rerender } = render(panel(shared));
  const find = (selector: string) => container.querySelector<HTMLElement>(selector);
  const again = (next: Partial<ChatPanelProps>) => rerender(panel({ ...shared, ...next }));
  return { onSend, onCancel, container, find, again, input: () => screen.getByRole<HTMLTextAreaElement>('textbox') };
}

function write(input: HTMLTextAreaElement, text: string) {
  fireEvent.change(input, { target: { value: text } });
}

/** What ends with the last of the promises behind it. */
const settled = (check: () => void) => waitFor(check);

// As on a page with answers, whose code is loaded before it is shown.
beforeAll(prepareMarkdown);

describe('markers of specs/000', () => {
  it('name the panel, the transcript, each message and each piece, counted from 0', () => {
    const { find, container } = show({ messages: [QUESTION, ANSWER] });
    expect(find('#tau-ops-chat-panel')).not.toBeNull();
    expect(find('#tau-ops-chat-transcript')?.dataset.messageCount).toBe('2');
    expect(find('#tau-ops-chat-message-row-0')?.dataset).toMatchObject({ messageRole: 'user' });
    expect(find('#tau-ops-chat-message-row-0')?.dataset.assistantTokenStream).toBeUndefined();
    expect(find('#tau-ops-chat-message-row-1')?.dataset).toMatchObject({
      messageRole: 'assistant',
      assistantTokenStream: 'true',
      tokenCount: '4',
    });
    const stream = find('#tau-ops-chat-message-row-1 > ol#tau-ops-chat-token-stream-1[data-token-stream="assistant"]');
    expect(stream?.hidden).toBe(true);
    const pieces = [...container.querySelectorAll<HTMLElement>('#tau-ops-chat-token-stream-1 > li')];
    expect(pieces.map(({ id, dataset }) => [id, dataset.tokenIndex, dataset.tokenValue])).toEqual(
      ANSWER.tokens.map((token, index) => [`tau-ops-chat-token-1-${index}`, `${index}`, token]),
    );
    expect(find('#tau-ops-chat-token-counter')?.dataset).toMatchObject({
      assistantStreamCount: '1',
      assistantStreamTokens: '4',
    });
  });

  it('are there for an empty transcript, too', () => {
    const { find } = show();
    expect(find('#tau-ops-chat-transcript')?.dataset.messageCount).toBe('0');
    expect(find('#tau-ops-chat-token-counter')).not.toBeNull();
  });

  it('keep up with a long answer that grows and with rows that move up', () => {
    const tokens = Array.from({ length: 300 }, (_, index) => `${index} `);
    const { again, container } = show({ messages: [QUESTION, message('b', { status: 'streaming' })] });
    for (const count of [1, 127, 128, 129, 300]) {
      again({ messages: [QUESTION, message('b', { status: 'streaming', tokens: tokens.slice(0, count) })] });
      expect(container.querySelectorAll('#tau-ops-chat-token-stream-1 > li')).toHaveLength(count);
    }
    again({ messages: [message('b', { tokens })] });
    const pieces = [...container.querySelectorAll<HTMLElement>('#tau-ops-chat-token-stream-0 > li')];
    expect(pieces.map(({ id }) => id)).toEqual(tokens.map((_, index) => `tau-ops-chat-token-0-${index}`));
  });

  it('are the same from a server, whole, and without a browser', () => {
    vi.stubGlobal('window', undefined);
    vi.stubGlobal('document', undefined);
    vi.spyOn(Date, 'now').mockImplementation(() => {
      throw new Error('the clock is not for rendering');
    });
    const html = renderToString(panel({ messages: [QUESTION, ANSWER] }));
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    expect(html).toContain('id="tau-ops-chat-token-1-3" data-token-index="3" data-token-value="**.\n&quot;yes&quot;"');
    expect(html).toContain('<strong>well</strong>');
    expect(html).toMatch(/>\d\d:\d\d:\d\d<\/time>/);
  });
});

describe('an answer', () => {
  it('is shown as Markdown that holds no HTML and fetches nothing', () => {
    const text = '<img src=x onerror=alert(1)> ![a](https://evil.example/p.png) [b](javascript:alert(1)) **c**';
    const { find } = show({ messages: [message('a', { tokens: [text] })] });
    expect(find('img, a, script')).toBeNull();
    expect(find('strong')?.textContent).toBe('c');
  });

  it('that is written can be stopped where the question was, and the input has the focus again', async () => {
    const { onCancel, input } = show({ messages: [QUESTION, message('a', { status: 'streaming' })] });
    expect(screen.queryByRole('button', { name: 'Send' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(onCancel).toHaveBeenCalledExactlyOnceWith('a');
    expect(document.activeElement).toBe(input());
  });

  it('to somebody else can be stopped at its row, and meanwhile something can be asked', () => {
    const { onCancel } = show({ messages: [message('a', { status: 'streaming', actor: 'bob' })], person: 'ann' });
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(onCancel).toHaveBeenCalledExactlyOnceWith('a');
    expect(screen.getByRole('button', { name: 'Send' })).toBeTruthy();
  });

  it('that broke off says why, and the last one can be asked for again', () => {
    const broken = message('a', { status: 'error', error: 'the model took too long', tokens: ['Half'] });
    const { onSend } = show({ messages: [QUESTION, broken] });
    expect(screen.getByText('The answer broke off: the model took too long.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Ask again' }));
    expect(onSend).toHaveBeenCalledExactlyOnceWith('How is it?');
  });

  it('is announced when it has ended, not before and not from earlier', async () => {
    const { again, find } = show({ messages: [message('old', { tokens: ['Old'] }), QUESTION] });
    const announced = () => find('[aria-live="polite"].sr-only')?.textContent;
    again({ messages: [QUESTION, message('a', { status: 'streaming', tokens: ['All '] })] });
    expect(announced()).toBe('');
    again({ messages: [QUESTION, message('a', { tokens: ['All ', 'well'] })] });
    await settled(() => expect(announced()).toBe('Assistant: All well'));
    expect(find('[role="log"]')?.getAttribute('aria-live')).toBe('off');
  });
});

describe('asking', () => {
  it('sends with Enter, makes a line with Shift and Enter, and clears what was taken', async () => {
    const { onSend, input } = show();
    write(input(), '  How is it?\n');
    fireEvent.keyDown(input(), { key: 'Enter', shiftKey: true });
    expect(onSend).not.toHaveBeenCalled();
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(onSend).toHaveBeenCalledExactlyOnceWith('How is it?');
    await settled(() => expect(input().value).toBe(''));
    expect(document.activeElement).toBe(input());
  });

  it('sends nothing twice, and nothing that is empty', async () => {
    const { onSend, input } = show();
    fireEvent.keyDown(input(), { key: 'Enter' });
    write(input(), '   ');
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(onSend).not.toHaveBeenCalled();
    write(input(), 'once');
    fireEvent.keyDown(input(), { key: 'Enter' });
    fireEvent.keyDown(input(), { key: 'Enter' });
    await settled(() => expect(input().value).toBe(''));
    expect(onSend).toHaveBeenCalledTimes(1);
  });

  it('that is refused says why and keeps the question', async () => {
    const onSend = vi.fn<ChatPanelProps['onSend']>(async () => {
      throw new Error('4 answers are being written');
    });
    const { input } = show({ onSend });
    write(input(), 'How is it?');
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    await settled(() => expect(screen.getByRole('alert').textContent).toBe('4 answers are being written.'));
    expect(input().value).toBe('How is it?');
  });

  it('offers examples while nothing was asked', () => {
    const { onSend, input } = show();
    for (const question of EXAMPLE_QUESTIONS) expect(screen.getByRole('button', { name: question })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: EXAMPLE_QUESTIONS[0] }));
    expect(onSend).toHaveBeenCalledExactlyOnceWith(EXAMPLE_QUESTIONS[0]);
    expect(document.activeElement).toBe(input());
  });

  it('waits for the connection, says so, and keeps what is written', () => {
    const { onSend, input, again } = show({ connection: 'reconnecting' });
    write(input(), 'How is it?');
    fireEvent.keyDown(input(), { key: 'Enter' });
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    fireEvent.click(screen.getByRole('button', { name: EXAMPLE_QUESTIONS[0] }));
    expect(onSend).not.toHaveBeenCalled();
    const described = document.getElementById(input().getAttribute('aria-describedby') ?? '');
    expect(described?.textContent).toBe('The connection is lost. You can ask when it is back.');
    again({ connection: 'live' });
    fireEvent.keyDown(input(), { key: 'Enter' });
    expect(onSend).toHaveBeenCalledExactlyOnceWith('How is it?');
  });

  it('is replaced by what to set while there is no model, beside what was said before', () => {
    const off = { isConfigured: false, hint: 'there is no model: set MILLRACE_MODEL_BASE_URL' };
    const { again, find } = show(off);
    expect(screen.getByText('There is no model: set MILLRACE_MODEL_BASE_URL.')).toBeTruthy();
    expect(screen.queryByRole('textbox')).toBeNull();
    again({ ...off, messages: [QUESTION, ANSWER] });
    expect(screen.getAllByText('There is no model: set MILLRACE_MODEL_BASE_URL.')).toHaveLength(1);
    expect(find('#tau-ops-chat-message-row-1')).not.toBeNull();
  });
});

describe('clearing', () => {
  it('asks first, and is not offered while an answer is written', async () => {
    const onClear = vi.fn(async () => {});
    const { again } = show({ messages: [QUESTION, message('a', { status: 'streaming' })], onClear });
    const button = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Clear the conversation' });
    expect(button().disabled).toBe(true);
    again({ messages: [QUESTION, ANSWER], onClear });
    fireEvent.click(button());
    expect(onClear).not.toHaveBeenCalled();
    fireEvent.click(await screen.findByRole('button', { name: 'Clear it' }));
    expect(onClear).toHaveBeenCalledTimes(1);
    await settled(() => expect(screen.queryByRole('button', { name: 'Clear it' })).toBeNull());
  });
});
