import { readFileSync } from 'node:fs';

/** A program that says its own process id and that of a child which it has started, and stays, as its child does. */
export const FAMILY = `const stay = 'setInterval(() => {}, 1000)';
const child = require('node:child_process').spawn(process.execPath, ['-e', stay], { stdio: 'inherit' });
console.log(process.pid + ' ' + child.pid); setInterval(() => {}, 1000);`;

/** Whether a process is there and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
