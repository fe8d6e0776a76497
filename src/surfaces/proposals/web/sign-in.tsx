import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { signIn } from './proposals-api.ts';
import { hasSignedOut, rememberSignedOut } from './signed-out.ts';
import { useAction } from './use-action.ts';
import { SESSION_KEY } from './use-session.ts';

export interface SignInProps {
  /** What cannot be seen before, for example `This project`. */
  readonly what: string;
  readonly onSignedIn: () => void;
}

/** Lets somebody in: at once where the server is on their own machine and nobody has signed out of it, else by a token. */
export function SignIn({ what, onSignedIn }: SignInProps) {
  const [token, setToken] = useState('');
  const { isBusy, failure, run, forget } = useAction();
  const queryClient = useQueryClient();
  const [isTryingFirst, setTryingFirst] = useState(true);
  const [isOut, setOut] = useState(false);
  const enter = async (given: string | undefined) => {
    if (!(await run(() => signIn(given)))) return;
    rememberSignedOut(false);
    await queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    onSignedIn();
  };
  const hasTried = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, whatever changes around it
  useEffect(() => {
    if (hasTried.current) return;
    hasTried.current = true;
    if (hasSignedOut()) {
      setOut(true);
      setTryingFirst(false);
      return;
    }
    // Whoever sits at the machine of the server needs no token; elsewhere this is refused, and the form is shown.
    void enter(undefined).then(() => {
      forget();
      setTryingFirst(false);
    });
  }, []);
  if (isTryingFirst) {
    return (
      <p role="status" className="p-4 text-muted">
        Signing in…
      </p>
    );
  }
  return (
    <EmptyState title="You are not signed in">
      <p className="text-muted">{what} is for people the server knows.</p>
      <form
        aria-label="Sign in"
        className="flex max-w-md flex-col gap-3"
        onSubmit={(submit) => {
          submit.preventDefault();
          if (!isBusy && token.trim() !== '') void enter(token.trim());
        }}
      >
        <TextField label="Token" type="password" autoComplete="off" value={token} onText={setToken} />
        {failure !== undefined && (
          <p role="alert" className="rounded-md bg-bad-ground px-3 py-2 text-bad">
            {failure}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" disabled={isBusy}>
            {isBusy ? 'Signing in…' : 'Sign in'}
          </Button>
          {isOut && (
            <Button disabled={isBusy} onClick={() => void enter(undefined)}>
              I am at the server’s machine
            </Button>
          )}
        </div>
      </form>
      <CodeBlock title="A token is made on the server" text="millrace token --user ann --role author --project '*'" />
    </EmptyState>
  );
}
