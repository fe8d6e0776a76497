import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

export interface FollowNewest {
  readonly viewport: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** Whether the reader has scrolled away from the newest line. */
  readonly isAway: boolean;
  /** Goes to the newest line, and on following it. */
  readonly follow: () => void;
}

/** Pixels from the end that still count as the end. */
const NEAR = 24;

/** Keeps the end of growing content in sight, until the reader scrolls up; and again when they come back to the end. */
export function useFollowNewest(): FollowNewest {
  const viewport = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const lastTop = useRef(0);
  const [isAway, setAway] = useState(false);

  const follow = useCallback(() => {
    isFollowing.current = true;
    setAway(false);
    viewport.current?.scrollTo({ top: viewport.current.scrollHeight });
  }, []);

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) follow();
    });
    for (const { current } of [viewport, content]) if (current) observer.observe(current);
    return () => observer.disconnect();
  }, [follow]);

  const onScroll = useCallback(() => {
    if (!viewport.current) return;
    const { scrollTop, scrollHeight, clientHeight } = viewport.current;
    // Content that has grown since is no reader who scrolls: only a way up is.
    if (scrollHeight - scrollTop - clientHeight < NEAR) isFollowing.current = true;
    else if (scrollTop < lastTop.current) isFollowing.current = false;
    lastTop.current = scrollTop;
    setAway(!isFollowing.current);
  }, []);

  return { viewport, content, onScroll, isAway, follow };
}
