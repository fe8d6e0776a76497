const MAX_TEXT = 8_000;

/** What `POST /audit/client-error` takes. */
export interface ClientErrorReport {
  readonly message: string;
  readonly stack?: string;
  readonly componentStack?: string;
  /** The page, without query and fragment: those may hold what somebody searched for. */
  readonly url: string;
}

export function clientErrorReport(error: unknown, componentStack: string | null | undefined, href: string) {
  const { origin, pathname } = new URL(href);
  const stack = error instanceof Error ? error.stack : undefined;
  const report: ClientErrorReport = {
    message: (error instanceof Error ? error.message : String(error)).slice(0, MAX_TEXT) || 'Unknown error',
    ...(stack && { stack: stack.slice(0, MAX_TEXT) }),
    ...(componentStack && { componentStack: componentStack.slice(0, MAX_TEXT) }),
    url: `${origin}${pathname}`,
  };
  return report;
}

/** Tells the server; a failure to do so goes to the console, since the page is lost already. */
export async function postClientError(report: ClientErrorReport): Promise<void> {
  try {
    const response = await fetch('/audit/client-error', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(report),
      keepalive: true,
    });
    if (!response.ok) console.error(`millrace: the error could not be reported: HTTP ${response.status}`);
  } catch (cause) {
    console.error('millrace: the error could not be reported', cause);
  }
}
