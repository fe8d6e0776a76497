import { MillraceError } from '../../protocol/errors.ts';

export type BodyFormat = 'json' | 'ndjson';

const FORMATS: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
]);

/** Throws `unsupported_media_type` for anything but JSON and NDJSON that is sent as it is. */
export function bodyFormat(headers: Headers): BodyFormat {
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const format = FORMATS.get(type);
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (format === undefined || encoding !== 'identity') {
    throw new MillraceError('unsupported_media_type', 'send application/json or application/x-ndjson, not compressed', {
      details: { contentType: type, accepted: ['application/json', 'application/x-ndjson'] },
    });
  }
  return format;
}
