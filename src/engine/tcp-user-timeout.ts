import { dlopen, ptr } from 'bun:ffi';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

// Of linux/tcp.h and netinet/in.h.
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;
/** `0A` in /proc/net/tcp. */
const LISTENING = '0A';
const GLIBC = 'libc.so.6';
const MUSL = `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`;

/**
 * Lets the system end the connections of this process's server on a port once the peer has taken nothing of what was sent
 * to it for so long (RFC 5482; tcp(7), TCP_USER_TIMEOUT): it is gone without a word, or has stopped to read. Without it
 * that takes about 15 minutes, and for a peer that doesn't read there is no end.
 *
 * Bun has no setting for it. Connections inherit it from the socket that listens, which is found in /proc: Linux only.
 * Throws where that can't be done; the server works without it.
 */
export function setTcpUserTimeout(port: number, timeoutMs: number): void {
  const sockets = listeningSockets(port);
  if (sockets.length === 0) throw new Error(`no socket of this process listens on port ${port}`);
  const value = new Int32Array([timeoutMs]);
  const libc = openLibc();
  try {
    for (const socket of sockets) {
      const result = libc.symbols.setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, ptr(value), value.byteLength);
      if (result !== 0) throw new Error('setsockopt refused TCP_USER_TIMEOUT');
    }
  } finally {
    libc.close();
  }
}

function openLibc() {
  const symbols = { setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' } } as const;
  try {
    return dlopen(GLIBC, symbols);
  } catch {
    return dlopen(MUSL, symbols);
  }
}

/** Their file descriptors. */
function listeningSockets(port: number): number[] {
  const targets = new Set(
    ['tcp', 'tcp6'].flatMap((family) => inodesOf(family, port)).map((inode) => `socket:[${inode}]`),
  );
  return readdirSync('/proc/self/fd')
    .filter((descriptor) => targets.has(targetOf(descriptor)))
    .map(Number);
}

/** proc(5): a line of `/proc/net/tcp` has number, local address, remote address, state, …; its tenth column is the inode. */
function inodesOf(family: string, port: number): string[] {
  const path = `/proc/self/net/${family}`;
  // There is no tcp6 where IPv6 is switched off.
  if (!existsSync(path)) return [];
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTENING && local?.endsWith(suffix))
    .map((columns) => columns[9] ?? '');
}

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    // Closed meanwhile, as the one that lists the folder is.
    return '';
  }
}
