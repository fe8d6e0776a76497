import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { MarkdownView } from './markdown-view.tsx';

afterEach(cleanup);

const html = (text: string) => render(<MarkdownView text={text} />).container;

describe('Markdown of others', () => {
  it('is shown as headings, lists, tables and tasks', () => {
    const shown = html('# Title\n\n- [x] done\n- [ ] open\n\n| a |\n|---|\n| b |\n');
    expect(shown.querySelector('h3')?.textContent).toBe('Title');
    expect([...shown.querySelectorAll('input')].map(({ checked }) => checked)).toEqual([true, false]);
    expect(shown.querySelector('td')?.textContent).toBe('b');
  });

  it('is the same in one piece and as it comes, with lists, code and tables across blank lines', () => {
    const text = '# A\n\n1. b\n\n2. c\n\n```\nd\n\ne\n```\n\n| f |\n|---|\n| g |\n\nh';
    const { container, rerender } = render(<MarkdownView text="" />);
    for (let end = 1; end <= text.length; end += 1) rerender(<MarkdownView text={text.slice(0, end)} />);
    const streamed = container.innerHTML;
    cleanup();
    expect(streamed).toBe(html(text).innerHTML);
    expect([...html(text).querySelectorAll('ol')].map(({ children }) => children.length)).toEqual([2]);
    expect(html(text).querySelector('pre')?.textContent).toBe('d\n\ne\n');
  });

  it('holds no HTML of its own', () => {
    const shown = html('<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> <b>bold</b>');
    expect(shown.querySelector('script, img, b')).toBeNull();
  });

  it('leads nowhere by a scheme that could run something', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '/auth/session', '//evil.example']) {
      expect(html(`[link](${url})`).querySelector('a')).toBeNull();
      cleanup();
    }
    const link = html('[link](https://example.org)').querySelector('a');
    expect([link?.href, link?.rel]).toEqual(['https://example.org/', 'noopener noreferrer nofollow']);
  });

  it('fetches no image', () => {
    const shown = html('![who reads this](https://evil.example/pixel.png)');
    expect(shown.querySelector('img')).toBeNull();
    expect(shown.textContent).toContain('[image: who reads this]');
  });
});
