import { useNavigate } from '@tanstack/react-router';
import { type MouseEvent, useCallback } from 'react';

/** Where a message stands among the others. */
export function messageHref(id: string): string {
  return `/messages?${new URLSearchParams({ around: id })}`;
}

/**
 * Follows the links to messages below one element without loading the page anew: one handler for all rows, since a link
 * component per row costs too much where a thousand rows a second come and go.
 */
export function useMessageLinks(): (click: MouseEvent) => void {
  const navigate = useNavigate();
  return useCallback(
    (click) => {
      if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
      const link = click.target instanceof Element ? click.target.closest('a[data-message]') : null;
      const id = link?.getAttribute('data-message');
      if (!id) return;
      click.preventDefault();
      void navigate({ to: '/messages', search: { around: id } });
    },
    [navigate],
  );
}
