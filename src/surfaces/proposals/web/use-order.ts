import { useCallback, useState } from 'react';
import { explain } from './api-error.ts';

/** Orders of the server whose outcome the feed tells; only what is refused is said here. */
export function useOrder(onFailure: (text: string | undefined) => void) {
  const [isBusy, setBusy] = useState(false);
  const order = useCallback(
    (send: () => Promise<void>) => {
      setBusy(true);
      onFailure(undefined);
      send()
        .catch((error: unknown) => onFailure(explain(error)))
        .finally(() => setBusy(false));
    },
    [onFailure],
  );
  return { isBusy, order };
}
