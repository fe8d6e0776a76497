import { MillraceError } from '../../protocol/errors.ts';

/** On what a request to change a file depends (RFC 9110, section 13). */
export interface Condition {
  /** Strong etags of which the file must have one; `*` for any file. Undefined when the request says nothing. */
  readonly ifMatch: readonly string[] | '*' | undefined;
  /** `If-None-Match: *`: there must be no such file. */
  readonly mustBeNew: boolean;
}

/** Throws `invalid_request` for what can't be understood. */
export function conditionOf(headers: Headers): Condition {
  const ifMatch = headers.get('if-match')?.trim();
  const ifNoneMatch = headers.get('if-none-match')?.trim();
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new MillraceError('invalid_request', 'If-None-Match may only be *');
  }
  return { ifMatch: ifMatch === undefined ? undefined : etagsOf(ifMatch), mustBeNew: ifNoneMatch === '*' };
}

/**
 * The etag that the file must still have when it is written, null when it must not be there. Throws
 * `precondition_required` where a file would be overwritten unseen, `precondition_failed` where it isn't as expected.
 */
export function expectedEtag({ ifMatch, mustBeNew }: Condition, current: string | undefined): string | null {
  if (mustBeNew && current !== undefined) throw failed('there is such a file already', current);
  if (ifMatch === undefined) {
    if (current === undefined) return null;
    throw new MillraceError('precondition_required', 'say by If-Match which etag you overwrite', {
      details: { etag: current },
    });
  }
  if (current === undefined) throw failed('there is no such file', current);
  if (ifMatch !== '*' && !ifMatch.includes(current)) throw failed('the file was changed meanwhile', current);
  return current;
}

/** Quoted, as HTTP has them, or bare, as the API shows them. Weak ones match nothing. */
function etagsOf(text: string): readonly string[] | '*' {
  if (text === '*') return '*';
  return text.split(',').map((part) => /^\s*"?([0-9a-f]+)"?\s*$/.exec(part)?.[1] ?? '');
}

function failed(message: string, etag: string | undefined): MillraceError {
  return new MillraceError('precondition_failed', message, { details: { etag: etag ?? null } });
}
