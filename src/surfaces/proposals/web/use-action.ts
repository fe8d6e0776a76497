import { useCallback, useState } from 'react';
import { explain } from './api-error.ts';

export interface Action {
  readonly isBusy: boolean;
  /** Why the last one failed, in words; undefined once another begins. */
  readonly failure: string | undefined;
  /** Runs it; resolves with whether it was done. */
  readonly run: (action: () => Promise<unknown>) => Promise<boolean>;
  readonly forget: () => void;
}

/** One thing at a time that somebody asked the server for. */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = useCallback(async (action: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await action();
      return true;
    } catch (error) {
      setFailure(explain(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const forget = useCallback(() => setFailure(undefined), []);
  return { isBusy, failure, run, forget };
}
