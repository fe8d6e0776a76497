import { Link } from '@tanstack/react-router';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { NextTry } from '../../../ui/next-try.tsx';
import { explain, refusalOf } from './api-error.ts';
import { SignIn } from './sign-in.tsx';
import { SignedIn } from './signed-in.tsx';

export interface LoadFailedProps {
  /** What the page is about, for example `This project`. */
  readonly what: string;
  readonly error: Error;
  /** What somebody needs who may not see it. */
  readonly needs: string;
  readonly onRetry: () => void;
}

/** Why nothing can be shown: nobody is signed in, it is not theirs to see, it is not there, or the server failed. */
export function LoadFailed({ what, error, needs, onRetry }: LoadFailedProps) {
  const refusal = refusalOf(error);
  switch (refusal?.status) {
    case 401:
      return <SignIn what={what} onSignedIn={onRetry} />;
    case 403:
      return (
        <EmptyState title={`${what} is not open to you`}>
          <p className="text-muted">{needs}</p>
          <SignedIn />
          <Button className="self-start" onClick={onRetry}>
            Try again
          </Button>
        </EmptyState>
      );
    case 404:
      return (
        <EmptyState title={`${what} is not here`}>
          <p className="text-muted">
            {explain(refusal)} It may have another name, or belong to a project that you are no member of.
          </p>
          <SignedIn />
          <Link to="/projects" className="self-start text-accent underline">
            All projects
          </Link>
        </EmptyState>
      );
    default:
      return (
        <>
          <ErrorState title={`${what} cannot be loaded`} message={explain(error)} onRetry={onRetry} />
          <NextTry />
        </>
      );
  }
}
