import { spawnSync } from 'node:child_process';

/** Loopback alone, with buffers of a few KiB where the usual ones have megabytes. */
const SET_UP = `ip link set lo up &&
echo '4096 4096 8192' > /proc/sys/net/ipv4/tcp_wmem &&
echo '4096 8192 16384' > /proc/sys/net/ipv4/tcp_rmem && exec "$@"`;

/** The program and arguments that run another one in a network of its own, where a socket soon takes no more. */
export function inSmallNetwork(...command: readonly string[]): readonly [string, ...string[]] {
  return ['unshare', '--net', 'sh', '-c', SET_UP, 'sh', ...command];
}

/** Why there can be no such network here; `undefined` when there can. */
export function networkHindrance(): string | undefined {
  const [program, ...args] = inSmallNetwork('true');
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
