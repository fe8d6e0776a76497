import { execFileSync } from 'node:child_process';
import { findTool, IP } from '../../scripts/provision.ts';

/** From here on nothing that is sent to one of this machine's own addresses (127.0.0.0/8) arrives, and nobody is told. */
export function swallow(address: string): Disposable {
  const route = [`${address}/32`, 'table', 'local'];
  ip('route', 'add', 'blackhole', ...route);
  return { [Symbol.dispose]: () => ip('route', 'delete', 'blackhole', ...route) };
}

/** Why that can't be done here; `undefined` when it can. */
export function swallowHindrance(): string | undefined {
  try {
    swallow('127.77.0.1')[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync(findTool(IP) ?? 'ip', args, { stdio: 'pipe' });
}
