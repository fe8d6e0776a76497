import { EmptyState } from '../ui/empty-state.tsx';
import { homePage } from './pages.ts';

export function NotFound() {
  return (
    <EmptyState title="There is no such page">
      <p className="text-muted">
        <a className="text-accent underline" href={homePage.path}>
          Go to {homePage.title}
        </a>
      </p>
    </EmptyState>
  );
}
