import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in these. */
const TICKS_PER_SECOND = 100;

/** Memory of the process that is resident now, in KiB. */
export function residentKib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}

/** Processor time used by all threads of the process so far. */
export function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may hold anything, spaces included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Time that threads of the process have stood ready to run while others held the processors. */
export function starvedSeconds(pid: number): number {
  let waitedNs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      waitedNs += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[1]);
    } catch {
      // The thread has ended since it was listed, or this kernel doesn't count.
    }
  }
  return waitedNs / 1e9;
}

/** How many files and sockets the process may have open. */
export function openFileLimit(pid: number): number {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1];
  return found === undefined || found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found);
}
