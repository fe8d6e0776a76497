import { useEffect, useRef, useState } from 'react';
import { SearchInput } from './search-input.tsx';

const TYPING_PAUSE_MS = 200;

export interface DelayedSearchProps {
  readonly label: string;
  readonly text: string;
  readonly onSearch: (text: string) => void;
  /** Most characters. Default: any number. */
  readonly maxLength?: number;
}

/** Searches after a short pause in typing; `/` brings the focus here from anywhere on the page. */
export function DelayedSearch({ label, text, onSearch, maxLength }: DelayedSearchProps) {
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string>();
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(() => {
      onSearch(typed);
      setTyped(undefined);
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  useEffect(() => {
    const focus = (key: KeyboardEvent) => {
      if (key.key !== '/' || key.ctrlKey || key.metaKey || isTyping(key.target)) return;
      key.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <SearchInput
      ref={input}
      label={label}
      value={typed ?? text}
      onChange={(change) => setTyped(change.target.value)}
      maxLength={maxLength}
      aria-keyshortcuts="/"
    />
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
