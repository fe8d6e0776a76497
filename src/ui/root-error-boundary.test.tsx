import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientErrorReport } from './client-error-report.ts';
import { RootErrorBoundary } from './root-error-boundary.tsx';

function Broken(): never {
  throw new Error('no such number');
}

beforeEach(() => {
  // React writes every caught error to the console.
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

describe('RootErrorBoundary', () => {
  it('posts the error to /audit/client-error once and offers to reload the dashboard', () => {
    const requests: { url: string; body: unknown }[] = [];
    vi.stubGlobal('fetch', async (url: string, init: { body: string }) => {
      requests.push({ url, body: JSON.parse(init.body) });
      return new Response('{}', { status: 202 });
    });
    const reload = vi.fn();
    const { rerender } = render(
      <RootErrorBoundary reload={reload}>
        <Broken />
      </RootErrorBoundary>,
    );
    rerender(
      <RootErrorBoundary reload={reload}>
        <Broken />
      </RootErrorBoundary>,
    );
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ url: '/audit/client-error', body: { message: 'no such number' } });
    expect(requests[0]?.body).toHaveProperty('componentStack', expect.stringContaining('Broken'));
    fireEvent.click(screen.getByRole('button', { name: 'Reload Dashboard' }));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('shows what it is given while nothing fails', () => {
    render(<RootErrorBoundary>All is well</RootErrorBoundary>);
    expect(screen.getByText('All is well')).toBeTruthy();
  });
});

describe('clientErrorReport', () => {
  it('leaves out what was searched for, and cuts what is too long', () => {
    const report = clientErrorReport('x'.repeat(9_000), null, 'http://localhost:4000/events?q=secret#there');
    expect(report).toEqual({ message: 'x'.repeat(8_000), url: 'http://localhost:4000/events' });
  });
});
