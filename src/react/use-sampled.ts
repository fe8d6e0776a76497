import { useEffect, useState } from 'react';

/** What `read` returns, looked at every `everyMs`: for values that change far more often than anybody can see. */
export function useSampled<Value>(read: () => Value, everyMs: number): Value {
  const [value, setValue] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setValue(read), everyMs);
    return () => clearInterval(timer);
  }, [read, everyMs]);
  return value;
}
