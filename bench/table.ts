import type { Machine } from './machine.ts';
import type { Run } from './run-scenario.ts';
import { type Figure, meetsTarget } from './scenario.ts';

const WIDTHS = [12, 20, 16, 14] as const;

export function machineLines(machine: Machine): string {
  const { cpus, cpuModel, memoryGib, kernel, bun, node, ws, socketIo, fileSystem } = machine;
  return [
    `${cpus} CPUs (${cpuModel}), ${memoryGib} GiB, Linux ${kernel}, data on ${fileSystem}`,
    `Bun ${bun}, Node ${node}, ws ${ws}, socket.io ${socketIo}`,
    'server and load generator are two processes on loopback',
  ].join('\n');
}

/** One scenario as lines for people. */
export function runLines({ name, title, seconds, load, figures, notes, error }: Run): string {
  const [before, after] = load.map((value) => value.toFixed(2));
  return [
    '',
    `${name}: ${title}  (load average ${before} before, ${after} after; ${seconds.toFixed(0)} s)`,
    ...figures.map(figureLine),
    ...notes.map((note) => `    ${note}`),
    ...(error === undefined ? [] : [`  not measured: ${error}`]),
  ].join('\n');
}

function figureLine(figure: Figure): string {
  const { subject, name, value, unit } = figure;
  const [a, b, c, d] = WIDTHS;
  const amount = `${formatNumber(value)} ${unit}`;
  return `  ${subject.padEnd(a)}${name.padEnd(b)}${amount.padStart(c)}  ${targetText(figure).padEnd(d)}${verdict(figure)}`;
}

function targetText({ target, unit }: Figure): string {
  if (target === undefined) return '';
  return 'atMost' in target
    ? `<= ${formatNumber(target.atMost)} ${unit}`
    : `>= ${formatNumber(target.atLeast)} ${unit}`;
}

function verdict(figure: Figure): string {
  const isMet = meetsTarget(figure);
  return isMet === undefined ? '' : isMet ? 'PASS' : 'miss';
}

function formatNumber(value: number): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 1_000 ? 0 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
