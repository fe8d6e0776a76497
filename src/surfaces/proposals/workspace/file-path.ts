import { MillraceError } from '../../../protocol/errors.ts';

/** Names that every file system takes and none gives a meaning of its own: no dot in front, no space, no `:`, ASCII only. */
const PART = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;
/** Devices of Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const MAX_PARTS = 8;
const MAX_CHARACTERS = 400;

export function isFileName(name: string): boolean {
  return PART.test(name) && !name.endsWith('.') && !DEVICE.test(name);
}

/** The parts of a path relative to a change's folder; throws `invalid_request` for one that is not allowed. */
export function parseFilePath(path: string): readonly string[] {
  const parts = path.split('/');
  if (path.length <= MAX_CHARACTERS && parts.length <= MAX_PARTS && parts.every(isFileName)) return parts;
  throw new MillraceError(
    'invalid_request',
    'a path is names of ASCII letters, digits, ".", "_" and "-", which begin with none of "." and "-", divided by "/"',
  );
}
