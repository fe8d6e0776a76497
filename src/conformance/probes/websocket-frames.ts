/** Opcodes of RFC 6455, section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface FrameOptions {
  readonly opcode: number;
  /** Default: none. */
  readonly payload?: Uint8Array | string;
  /** Default true. */
  readonly isFinal?: boolean;
  /** The three reserved bits, as a number from 0 to 7. Default 0. */
  readonly reserved?: number;
  /** Default true, as a client must. */
  readonly isMasked?: boolean;
  /** How the length is written. Default: as short as it can be. */
  readonly lengthForm?: 7 | 16 | 64;
  /** The length that is written. Default: that of the payload. */
  readonly declaredLength?: bigint;
}

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** The bytes of one frame, by default as a well-behaved client sends it. */
export function encodeFrame(options: FrameOptions): Buffer {
  const { opcode, isFinal = true, reserved = 0, isMasked = true } = options;
  const payload = Buffer.from(options.payload ?? '');
  const length = options.declaredLength ?? BigInt(payload.length);
  const form = options.lengthForm ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const second = (isMasked ? 0x80 : 0) | (form === 7 ? Number(length) : form === 16 ? 126 : 127);
  return Buffer.concat([
    Buffer.from([first, second]),
    lengthBytes(length, form),
    isMasked ? MASK : Buffer.alloc(0),
    isMasked ? masked(payload) : payload,
  ]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: Uint8Array | string = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

function lengthBytes(length: bigint, form: 7 | 16 | 64): Buffer {
  const bytes = Buffer.alloc(form === 7 ? 0 : form / 8);
  if (form === 16) bytes.writeUInt16BE(Number(length));
  if (form === 64) bytes.writeBigUInt64BE(length);
  return bytes;
}

function masked(payload: Buffer): Buffer {
  return payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)) as Buffer;
}

/** Takes the frames of a server out of a stream of bytes, however it is cut. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Uint8Array): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    const [first, second] = this.#rest;
    if (first === undefined || second === undefined) return undefined;
    const short = second & 0x7f;
    const start = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (this.#rest.length < start) return undefined;
    const length =
      short === 127 ? Number(this.#rest.readBigUInt64BE(2)) : short === 126 ? this.#rest.readUInt16BE(2) : short;
    if (this.#rest.length < start + length) return undefined;
    const payload = this.#rest.subarray(start, start + length);
    this.#rest = this.#rest.subarray(start + length);
    return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, payload };
  }
}
