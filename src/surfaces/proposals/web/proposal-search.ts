import * as z from 'zod/mini';

const MAX_PATH = 1_000;

/** The page's URL: which part of the proposal is in sight, and which file in which way. */
export const proposalSearchSchema = z.object({
  part: z.catch(z.optional(z.enum(['files', 'validation', 'iteration', 'comments'])), undefined),
  file: z.catch(z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_PATH))), undefined),
  view: z.catch(z.optional(z.enum(['rendered', 'source', 'edit', 'versions'])), undefined),
  /** The `seq` of an earlier version to compare with. */
  version: z.catch(z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,14}$/))), undefined),
});
export type ProposalSearch = z.infer<typeof proposalSearchSchema>;
export type ProposalPart = NonNullable<ProposalSearch['part']>;
export type FileView = NonNullable<ProposalSearch['view']>;
