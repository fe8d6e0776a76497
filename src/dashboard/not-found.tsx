import { EmptyState } from '../ui/empty-state.tsx';
import { pages } from './pages.ts';

export function NotFound() {
  return (
    <EmptyState title="There is no such page">
      <p className="text-muted">
        <a className="text-accent underline" href={pages[0].path}>
          Go to {pages[0].title}
        </a>
      </p>
    </EmptyState>
  );
}
