import { lazy, Suspense, useState } from 'react';
import { type FilterComboboxProps, FilterFace } from './filter-face.tsx';

const load = () => import('./filter-combobox-list.tsx');
const Live = lazy(() => load().then((module) => ({ default: module.LiveCombobox })));

/**
 * A filter by one of many names: a button that opens a list one can type into, and a button that clears it. The code of the
 * list comes when somebody is near the first.
 */
export function FilterCombobox(props: FilterComboboxProps) {
  const [isWanted, setWanted] = useState(false);
  const preload = () => void load();
  const face = (
    <FilterFace
      {...props}
      trigger={
        <button
          type="button"
          role="combobox"
          aria-expanded={false}
          aria-haspopup="dialog"
          onPointerEnter={preload}
          onFocus={preload}
          onClick={() => setWanted(true)}
        />
      }
    />
  );
  return isWanted ? (
    <Suspense fallback={face}>
      <Live {...props} />
    </Suspense>
  ) : (
    face
  );
}
