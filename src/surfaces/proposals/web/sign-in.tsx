import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { CodeBlock } from '../../../ui/code-block.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { signIn } from './proposals-api.ts';
import { useAction } from './use-action.ts';
import { SESSION_KEY } from './use-session.ts';

export interface SignInProps {
  /** What cannot be seen before, for example `This project`. */
  readonly what: string;
  readonly onSignedIn: () => void;
}

/** Lets somebody in by a token, or, where the server is on their own machine, without one. */
export function SignIn({ what, onSignedIn }: SignInProps) {
  const [token, setToken] = useState('');
  const { isBusy, failure, run } = useAction();
  const queryClient = useQueryClient();
  const enter = async (given: string | undefined) => {
    if (!(await run(() => signIn(given)))) return;
    await queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    onSignedIn();
  };
  return (
    <EmptyState title="You are not signed in">
      <p className="text-muted">{what} is for people the server knows.</p>
      <form
        aria-label="Sign in"
        className="flex max-w-md flex-col gap-3"
        onSubmit={(submit) => {
          submit.preventDefault();
          if (!isBusy) void enter(token.trim() === '' ? undefined : token.trim());
        }}
      >
        <TextField
          label="Token"
          note="On the machine of the server itself it can be left empty: you are then its admin."
          type="password"
          autoComplete="off"
          value={token}
          onText={setToken}
        />
        {failure !== undefined && (
          <p role="alert" className="rounded-md bg-bad-ground px-3 py-2 text-bad">
            {failure}
          </p>
        )}
        <Button type="submit" look="primary" className="self-start" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      <CodeBlock title="A token is made on the server" text="millrace token --user ann --role author --project '*'" />
    </EmptyState>
  );
}
