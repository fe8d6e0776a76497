import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type ProposalSearch, proposalSearchSchema } from './proposal-search.ts';

/** What is in sight lives in the URL, so that it can be sent to somebody and the back button works. */
export function useUrl() {
  const search: ProposalSearch = proposalSearchSchema.parse(useSearch({ strict: false }));
  const navigate = useNavigate();
  const changeSearch = useCallback(
    (change: Partial<ProposalSearch>) => {
      void navigate({ to: '.', search: (before: ProposalSearch) => ({ ...before, ...change }) });
    },
    [navigate],
  );
  return { search, changeSearch };
}
