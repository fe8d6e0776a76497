import { Button } from '../../../ui/button.tsx';
import { signOut } from './proposals-api.ts';
import { rememberSignedOut } from './signed-out.ts';
import { useAction } from './use-action.ts';
import { useSession } from './use-session.ts';

/** Who is signed in, with which roles, and the way out; nothing while nobody is. */
export function SignedIn({ className = '' }: { readonly className?: string }) {
  const session = useSession();
  const { isBusy, failure, run } = useAction();
  if (!session) return null;
  const leave = async () => {
    if (!(await run(signOut))) return;
    rememberSignedOut(true);
    // Nothing that was this person's stays in the tab: neither drafts, nor what the page holds.
    sessionStorage.clear();
    location.reload();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for inputs
    <div role="group" aria-label="Session" className={`flex flex-wrap items-center gap-x-1 text-xs ${className}`}>
      <span className="text-muted">
        Signed in as <span className="font-medium text-text">{session.user}</span>
        {session.roles.length > 0 && ` (${session.roles.join(', ')})`}
      </span>
      <Button look="ghost" disabled={isBusy} onClick={() => void leave()}>
        Sign out
      </Button>
      {failure !== undefined && (
        <span role="alert" className="text-bad">
          {failure}
        </span>
      )}
    </div>
  );
}
