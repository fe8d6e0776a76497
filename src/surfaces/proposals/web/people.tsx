import { classNames } from '../../../ui/class-names.ts';
import { hueClass } from '../../../ui/hue.ts';

const MOST = 6;

/** The names of some people; of many, how many more. */
export function People({ names, label }: { readonly names: readonly string[]; readonly label: string }) {
  const shown = names.slice(0, MOST);
  return (
    <ul aria-label={label} className="flex min-w-0 flex-wrap items-center gap-1">
      {shown.map((name) => (
        <li
          key={name}
          className={classNames('max-w-40 truncate rounded bg-hover px-1.5 py-0.5 text-xs font-medium', hueClass(name))}
        >
          {name}
        </li>
      ))}
      {names.length > shown.length && <li className="text-xs text-muted">{names.length - shown.length} more</li>}
    </ul>
  );
}
