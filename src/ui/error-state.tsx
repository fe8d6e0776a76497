import { Button } from './button.tsx';

export interface ErrorStateProps {
  readonly title: string;
  readonly message: string;
  readonly onRetry: () => void;
}

/** Something could not be shown; says what and offers the way on. */
export function ErrorState({ title, message, onRetry }: ErrorStateProps) {
  return (
    <section role="alert" className="mx-auto flex w-full max-w-xl flex-col items-start gap-3 px-4 py-10">
      <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
      <p className="text-muted">{message}</p>
      <Button onClick={onRetry}>Try again</Button>
    </section>
  );
}
