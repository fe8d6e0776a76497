/** Exit codes of every command (CONTRACT, "Commands"). */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

/** Ends a command with exit code 1; the message is what its user reads. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** What `action` returns; whatever it throws ends the command with its message. */
export function orFailure<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
