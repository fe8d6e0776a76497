import type { Tone } from '../../../ui/connection-words.ts';
import type { CommentStatus, Iteration, ProposalStatus, ValidationRun } from '../events.ts';

interface Words {
  readonly text: string;
  readonly tone: Tone;
}

export const STATUS_WORDS: Readonly<Record<ProposalStatus, Words>> = {
  draft: { text: 'Draft', tone: 'quiet' },
  review: { text: 'Review', tone: 'info' },
  ready: { text: 'Ready', tone: 'good' },
  merged: { text: 'Merged', tone: 'quiet' },
};

export const RUN_WORDS: Readonly<Record<ValidationRun['status'], Words>> = {
  running: { text: 'Validating', tone: 'info' },
  passed: { text: 'Valid', tone: 'good' },
  failed: { text: 'Not valid', tone: 'bad' },
  error: { text: 'Not validated', tone: 'warn' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
};

export const ITERATION_WORDS: Readonly<Record<Iteration['status'], Words>> = {
  running: { text: 'Running', tone: 'info' },
  complete: { text: 'Complete', tone: 'good' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  error: { text: 'Failed', tone: 'bad' },
};

export const COMMENT_WORDS: Readonly<Record<CommentStatus, Words>> = {
  open: { text: 'Open', tone: 'info' },
  accepted: { text: 'Accepted', tone: 'good' },
  rejected: { text: 'Rejected', tone: 'bad' },
  deferred: { text: 'Deferred', tone: 'warn' },
};
