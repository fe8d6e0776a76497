import { MillraceError } from '../../protocol/errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body's bytes; throws `payload_too_large` before more than `maxBytes` of it are held. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  // HTTP delivers no more than what was declared, so only an undeclared length must be counted while it arrives.
  const bytes = Number.isNaN(declared) ? await readStream(request, maxBytes) : await readDeclared(request);
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/** The bytes as text; throws `invalid_request` when they aren't UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new MillraceError('invalid_request', 'the body is not valid UTF-8', { cause });
  }
}

async function readDeclared(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer());
  } catch (cause) {
    throw endedEarly(cause);
  }
}

async function readStream(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.byteLength;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof MillraceError ? error : endedEarly(error);
  }
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): MillraceError {
  return new MillraceError('payload_too_large', `the body may have at most ${maxBytes} bytes`, {
    details: { maxBytes },
  });
}

function endedEarly(cause: unknown): MillraceError {
  return new MillraceError('invalid_request', 'the body ended early', { cause });
}
