import { ChoiceMenu } from '../../../ui/choice-menu.tsx';
import type { ProposalStatus } from '../events.ts';
import { explain } from './api-error.ts';
import { STATUSES } from './project-state.ts';
import { setStatus } from './proposals-api.ts';
import { type StatusLimits, whyNot } from './status-ways.ts';
import { STATUS_WORDS } from './status-words.ts';

export interface StatusMenuProps extends StatusLimits {
  readonly proposal: { readonly id: string; readonly title: string; readonly status: ProposalStatus };
  readonly onFailure: (text: string | undefined) => void;
}

/** How a proposal stands, and the ways on; those that are closed say why. */
export function StatusMenu({ proposal, allowed, hindrance, onFailure }: StatusMenuProps) {
  const { id, title, status } = proposal;
  const go = (to: ProposalStatus) => {
    onFailure(undefined);
    setStatus(id, to).catch((error: unknown) => onFailure(explain(error)));
  };
  const choices = STATUSES.filter((to) => to !== status).map((to) => ({
    text: `Set to ${STATUS_WORDS[to].text.toLowerCase()}`,
    hindrance: whyNot(status, to, { allowed, hindrance }),
    onChoose: () => go(to),
  }));
  return (
    <ChoiceMenu label={`Status of ${title}: ${STATUS_WORDS[status].text}`} choices={choices}>
      {STATUS_WORDS[status].text}
    </ChoiceMenu>
  );
}
