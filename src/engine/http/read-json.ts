import { MillraceError } from '../../protocol/errors.ts';
import { invalidRequest } from './issues.ts';
import { isJsonObject, unsafeJson } from './json-safety.ts';
import { decodeUtf8, readBody } from './read-body.ts';

/** What JavaScript calls numbers and JSON doesn't know: as a member's value or an element. */
const NO_JSON_NUMBER = /(?<=[:,[]\s*)[+-]?(?:NaN|Infinity)(?=\s*[,}\]])/g;

export interface JsonBody {
  readonly value: Readonly<Record<string, unknown>>;
  /** The body wasn't JSON because of `NaN` or `Infinity`: `null` stands in their place, so that a check names the member. */
  readonly hadNoNumber: boolean;
}

/** The request's JSON object. Throws `unsupported_media_type`, `payload_too_large` or `invalid_request`. */
export async function readJsonObject(request: Request, maxBytes: number): Promise<JsonBody> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (type !== 'application/json' || encoding !== 'identity') {
    throw new MillraceError('unsupported_media_type', 'send application/json, not compressed', {
      details: { contentType: type, accepted: ['application/json'] },
    });
  }
  const text = decodeUtf8(await readBody(request, maxBytes));
  const { value, hadNoNumber } = parse(text);
  if (!isJsonObject(value)) throw invalidRequest([{ path: '', message: 'must be a JSON object' }]);
  const unsafe = unsafeJson(value);
  if (unsafe !== undefined) throw invalidRequest([{ path: '', message: unsafe }]);
  return { value, hadNoNumber };
}

/** Refuses a body whose missing numbers stood in no member that was checked. */
export function assertRealJson({ hadNoNumber }: JsonBody): void {
  if (hadNoNumber) throw invalidRequest([{ path: '', message: 'invalid JSON: NaN and Infinity are no numbers' }]);
}

function parse(text: string): { readonly value: unknown; readonly hadNoNumber: boolean } {
  try {
    return { value: JSON.parse(text), hadNoNumber: false };
  } catch (cause) {
    const value = parseWithout(text);
    if (value === undefined) throw invalidRequest([{ path: '', message: 'invalid JSON' }], cause);
    return { value, hadNoNumber: true };
  }
}

function parseWithout(text: string): unknown {
  try {
    return JSON.parse(text.replace(NO_JSON_NUMBER, 'null'));
  } catch {
    return undefined;
  }
}
