import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../ui/error-state.tsx';

/** A page that could not be loaded or broke while it was shown. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <ErrorState
      title="This page cannot be shown"
      message={error instanceof Error ? error.message : String(error)}
      onRetry={reset}
    />
  );
}
