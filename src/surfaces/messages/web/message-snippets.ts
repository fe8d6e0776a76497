/** A line for a shell that stores one message. */
export function firstMessageSnippet(origin: string): string {
  const message = JSON.stringify({ channel: 'general', user: 'me', text: 'Hello from curl' });
  return `curl -X POST ${origin}/api/messages -H 'Content-Type: application/json' -d '${message}'`;
}

/** A line that brings a public channel in. */
export const IRC_SNIPPET = "npx millrace connect irc --server irc.libera.chat --tls --nick reader --channel '#linux'";
