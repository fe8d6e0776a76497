/** Something a connection survived and its owner may want to log. */
export type FeedProblem =
  | { readonly kind: 'invalid_frame'; readonly message: string }
  | { readonly kind: 'gap'; readonly message: string }
  | { readonly kind: 'snapshot_failed'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'poll_failed'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'token_failed'; readonly message: string; readonly cause: unknown }
  | { readonly kind: 'handler_failed'; readonly message: string; readonly cause: unknown };

/** Thrown by a snapshot loader to say that the server refuses this user, so that trying again is pointless. */
export class RefusedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefusedError';
  }
}
