const KEY = 'millrace.signed-out';

/** Whether somebody has signed out of this browser, and nobody in since: then nobody is signed in without being asked. */
export function hasSignedOut(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    // Storage may be forbidden.
    return false;
  }
}

export function rememberSignedOut(isOut: boolean): void {
  try {
    if (isOut) localStorage.setItem(KEY, '1');
    else localStorage.removeItem(KEY);
  } catch {
    // As above: the browser then signs in by itself where the server is on the same machine.
  }
}
