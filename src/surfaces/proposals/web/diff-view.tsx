import { useMemo } from 'react';
import { classNames } from '../../../ui/class-names.ts';
import { type DiffRow, diffHunks } from './diff-rows.ts';

export interface DiffViewProps {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** Two texts, line by line: what was removed and what was added, marked by sign and colour. */
export function DiffView({ label, before, after }: DiffViewProps) {
  const hunks = useMemo(() => diffHunks(before, after), [before, after]);
  if (!hunks) return <p className="px-4 py-3 text-muted">They differ too much to be compared line by line.</p>;
  if (hunks.length === 0) return <p className="px-4 py-3 text-muted">They are the same.</p>;
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto outline-offset-[-2px]"
    >
      <table aria-label={label} className="w-full border-collapse font-mono text-xs leading-5">
        <thead className="sr-only">
          <tr>
            <th scope="col">Line before</th>
            <th scope="col">Line after</th>
            <th scope="col">Change</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        {hunks.map(({ rows, skipped }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hunks have no name but their place
          <tbody key={index}>
            {skipped > 0 && (
              <tr className="bg-ground text-muted">
                <td colSpan={4} className="px-3 py-1 font-sans">
                  {skipped === 1 ? '1 line' : `${skipped.toLocaleString('en')} lines`} unchanged
                </td>
              </tr>
            )}
            {rows.map((row) => (
              <Line key={`${row.before}-${row.after}`} row={row} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function Line({ row }: { readonly row: DiffRow }) {
  const { kind, text, before, after } = row;
  return (
    <tr className={GROUNDS[kind]}>
      <td className="w-px px-2 text-right text-muted select-none max-sm:hidden">{before}</td>
      <td className="w-px px-2 text-right text-muted select-none">{after}</td>
      <td className={classNames('w-px px-1 select-none', COLOURS[kind])}>
        <span aria-hidden>{SIGNS[kind]}</span>
        {kind !== 'same' && <span className="sr-only">{kind}</span>}
      </td>
      <td className="pr-3 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</td>
    </tr>
  );
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;
const GROUNDS = { same: '', added: 'bg-good-ground', removed: 'bg-bad-ground' } as const;
const COLOURS = { same: '', added: 'text-good', removed: 'text-bad' } as const;
