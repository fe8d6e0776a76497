import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { type ClientErrorReport, clientErrorReport, postClientError } from './client-error-report.ts';

export interface RootErrorBoundaryProps {
  readonly children: ReactNode;
  /** Default: `POST /audit/client-error`. */
  readonly report?: (report: ClientErrorReport) => unknown;
  /** Default: loads the page again. */
  readonly reload?: () => void;
}

/** The last resort of the whole application: reports the error once and offers to start over (specs/001, task 6). */
export class RootErrorBoundary extends Component<RootErrorBoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };
  #hasReported = false;

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    if (this.#hasReported) return;
    this.#hasReported = true;
    const { report = postClientError } = this.props;
    report(clientErrorReport(error, componentStack, location.href));
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    const { reload = () => location.reload() } = this.props;
    return (
      <main role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-3 px-4 py-16">
        <h1 className="text-lg font-semibold tracking-tight">The dashboard has stopped</h1>
        <p className="text-muted">Something in it failed in a way it cannot recover from. The error was reported.</p>
        <Button look="primary" onClick={reload}>
          Reload Dashboard
        </Button>
      </main>
    );
  }
}
