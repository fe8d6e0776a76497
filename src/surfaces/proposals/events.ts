import * as z from 'zod/mini';

/** Projects and changes go by the names of their folders; nothing else is shown or written. */
export const ID_PATTERN = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Caps, in UTF-16 code units where it is text. */
export const PROPOSAL_LIMITS = {
  /** Bytes of one file. */
  fileBytes: 262_144,
  /** Files of one change. */
  files: 200,
  instructions: 8_000,
  comment: 8_000,
  reason: 1_000,
  reviewers: 50,
  /** A line of a program's output; the rest of it is cut off. */
  outputLine: 4_000,
} as const;

export const proposalStatusSchema = z.enum(['draft', 'review', 'ready', 'merged']);
export type ProposalStatus = z.infer<typeof proposalStatusSchema>;

export const commentStatusSchema = z.enum(['open', 'accepted', 'rejected', 'deferred']);
export type CommentStatus = z.infer<typeof commentStatusSchema>;

/** Who holds a project's lock; it ends by itself. ISO 8601. */
export const lockSchema = z.object({ holder: z.string(), since: z.string(), expires_at: z.string() });
export type Lock = z.infer<typeof lockSchema>;

export const projectSchema = z.object({
  /** Name of the folder. */
  id: z.string(),
  proposals: z.number(),
  lock: z.nullable(lockSchema),
  /** The users with an open stream of the project. */
  connected: z.array(z.string()),
});
export type Project = z.infer<typeof projectSchema>;

/** One validation run, as history and as the newest result. */
export const validationRunSchema = z.object({
  run_id: z.string(),
  proposal_id: z.string(),
  started_by: z.string(),
  started_at: z.string(),
  ended_at: z.nullable(z.string()),
  /** `error`: it could not be run to its end; `error` says why. */
  status: z.enum(['running', 'passed', 'failed', 'error', 'cancelled']),
  error: z.optional(z.string()),
  summary: z.optional(z.unknown()),
});
export type ValidationRun = z.infer<typeof validationRunSchema>;

export const iterationSchema = z.object({
  iteration_id: z.string(),
  proposal_id: z.string(),
  started_by: z.string(),
  instructions: z.string(),
  started_at: z.string(),
  ended_at: z.nullable(z.string()),
  status: z.enum(['running', 'complete', 'cancelled', 'error']),
  error: z.optional(z.string()),
  files_modified: z.optional(z.array(z.string())),
});
export type Iteration = z.infer<typeof iterationSchema>;

export const proposalSummarySchema = z.object({
  /** `<project>.<change>`. */
  id: z.string(),
  project_id: z.string(),
  /** Name of the change's folder. */
  change: z.string(),
  title: z.string(),
  status: proposalStatusSchema,
  /** Who made it through Millrace; null for a change that was found on disk. */
  author: z.nullable(z.string()),
  reviewers: z.array(z.string()),
  open_comments: z.number(),
  tasks: z.object({ done: z.number(), total: z.number() }),
  /** Newest run; null before the first. */
  validation: z.nullable(validationRunSchema),
  is_iterating: z.boolean(),
  updated_at: z.string(),
});
export type ProposalSummary = z.infer<typeof proposalSummarySchema>;

/** `etag` is what `If-Match` must hold to write the file. */
export const fileEntrySchema = z.object({
  /** Relative to the change's folder, `/` between its parts. */
  path: z.string(),
  bytes: z.number(),
  etag: z.string(),
  /** Who wrote it last through Millrace; null when an editor on disk did. */
  changed_by: z.nullable(z.string()),
  changed_at: z.string(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

/** `GET /api/v1/proposals/:id/files/<path>`; `?version=<seq>` an earlier one. */
export const fileContentSchema = z.object({
  ...fileEntrySchema.shape,
  content: z.string(),
  /** Newest first: every version written through Millrace or seen on disk. */
  versions: z.array(
    z.object({ seq: z.number(), etag: z.string(), changed_by: z.nullable(z.string()), changed_at: z.string() }),
  ),
  cursor: z.string(),
});
export type FileContent = z.infer<typeof fileContentSchema>;

export const commentSchema = z.object({
  id: z.string(),
  proposal_id: z.string(),
  /** The comment it answers; null for the first of a thread. */
  parent_id: z.nullable(z.string()),
  author: z.string(),
  text: z.string(),
  /** The file and line it is about, when it is about one. */
  path: z.optional(z.string()),
  line: z.optional(z.number()),
  status: commentStatusSchema,
  /** Why it was deferred or rejected. */
  reason: z.optional(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Comment = z.infer<typeof commentSchema>;

/** `GET /api/v1/projects`: those the caller belongs to. */
export const projectsSchema = z.object({
  projects: z.array(projectSchema),
  cursor: z.string(),
  /** Why there can be none, in words for a person. */
  reason: z.optional(z.string()),
});
/** `GET /api/v1/projects/:id`, and `…/proposals`. */
export const projectDetailSchema = z.object({
  ...projectSchema.shape,
  proposal_list: z.array(proposalSummarySchema),
  cursor: z.string(),
});
export type ProjectDetail = z.infer<typeof projectDetailSchema>;

/**
 * What the caller may do now, each with the reason why not, in words for a person; a member that is absent may be done.
 * The page shows the reason on the disabled button.
 */
export const hindrancesSchema = z.partial(
  z.object({
    edit: z.string(),
    validate: z.string(),
    iterate: z.string(),
    cancel: z.string(),
    comment: z.string(),
    review: z.string(),
    set_status: z.string(),
    lock: z.string(),
  }),
);
export type Hindrances = z.infer<typeof hindrancesSchema>;

/** `GET /api/v1/proposals/:id`. `comments` is empty for whoever is neither the author, a reviewer, nor an admin. */
export const proposalDetailSchema = z.object({
  ...proposalSummarySchema.shape,
  files: z.array(fileEntrySchema),
  comments: z.array(commentSchema),
  /** Newest first, at most 20. */
  runs: z.array(validationRunSchema),
  iterations: z.array(iterationSchema),
  /** Output of the newest run so far. */
  output: z.array(z.object({ line: z.string(), stream: z.enum(['stdout', 'stderr']) })),
  /** Text of the running or newest iteration so far. */
  streamed_text: z.string(),
  allowed_statuses: z.array(proposalStatusSchema),
  lock: z.nullable(lockSchema),
  hindrances: hindrancesSchema,
  cursor: z.string(),
});
export type ProposalDetail = z.infer<typeof proposalDetailSchema>;

/** What every message of the feeds `/ws/projects/:project_id` and `/api/v1/proposals/:id/events` has. */
const eventShape = { proposal_id: z.string(), at: z.string(), cursor: z.string() };
const actorShape = { actor: z.nullable(z.string()) };

/** `GET /api/v1/proposals/:id/iterations/:iteration_id`: what an iteration did, or was about to do, to files. */
export const iterationDetailSchema = z.object({
  ...iterationSchema.shape,
  /** `before` is null for a file that was not there. */
  edits: z.array(z.object({ path: z.string(), before: z.nullable(z.string()), after: z.string() })),
  cursor: z.string(),
});
export type IterationDetail = z.infer<typeof iterationDetailSchema>;

/** `GET /api/v1/proposals/:id/runs` and `…/iterations`, newest first; `?limit=`. */
export const runsSchema = z.object({ runs: z.array(validationRunSchema), cursor: z.string() });
export const iterationsSchema = z.object({ iterations: z.array(iterationSchema), cursor: z.string() });

/** One message of these feeds; names and first members are those of specs/002. */
export const proposalEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('validation_start'), ...eventShape, ...actorShape, run_id: z.string() }),
  z.object({
    type: z.literal('output'),
    ...eventShape,
    line: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    run_id: z.string(),
  }),
  z.object({
    type: z.literal('validation_complete'),
    ...eventShape,
    status: z.enum(['passed', 'failed']),
    summary: z.unknown(),
    run_id: z.string(),
  }),
  z.object({
    type: z.literal('validation_error'),
    ...eventShape,
    error: z.string(),
    /** `cancelled`, `timeout`, `interrupted`, `not_found`, `crashed`. */
    code: z.string(),
    run_id: z.string(),
  }),
  z.object({
    type: z.literal('iteration_start'),
    ...eventShape,
    ...actorShape,
    iteration_id: z.string(),
    instructions: z.string(),
  }),
  z.object({ type: z.literal('token'), ...eventShape, content: z.string(), iteration_id: z.string() }),
  z.object({
    type: z.literal('iteration_complete'),
    ...eventShape,
    files_modified: z.array(z.string()),
    /** The result of the validation that followed. */
    validation: z.unknown(),
    iteration_id: z.string(),
  }),
  z.object({ type: z.literal('iteration_cancelled'), ...eventShape, ...actorShape, iteration_id: z.string() }),
  z.object({
    type: z.literal('iteration_error'),
    ...eventShape,
    error: z.string(),
    /** `provider`, `timeout`, `malformed`, `interrupted`, `conflict`. */
    code: z.string(),
    iteration_id: z.string(),
  }),
  z.object({
    type: z.literal('proposal_status_changed'),
    ...eventShape,
    ...actorShape,
    status: proposalStatusSchema,
    previous_status: proposalStatusSchema,
  }),
  z.object({ type: z.literal('comment_created'), ...eventShape, comment: commentSchema }),
  z.object({ type: z.literal('comment_updated'), ...eventShape, comment: commentSchema }),
  /** `proposal_id` is empty: a lock is of the whole project. */
  z.object({
    type: z.literal('lock_changed'),
    ...eventShape,
    ...actorShape,
    project_id: z.string(),
    lock: z.nullable(lockSchema),
    /** `locked`, `unlocked`, `expired`, `taken_over`. */
    reason: z.string(),
  }),
  z.object({
    type: z.literal('file_changed'),
    ...eventShape,
    ...actorShape,
    path: z.string(),
    /** Null when the file was removed. */
    etag: z.nullable(z.string()),
  }),
  z.object({ type: z.literal('reviewers_changed'), ...eventShape, ...actorShape, reviewers: z.array(z.string()) }),
  z.object({ type: z.literal('proposal_created'), ...eventShape, ...actorShape, title: z.string() }),
]);
export type ProposalEvent = z.infer<typeof proposalEventSchema>;

/** One entry of the audit trail, in `/ws/audit` (with `type` and `cursor`) and in `GET /api/v1/audit`. */
export const auditLineSchema = z.object({
  id: z.number(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  resource_type: z.string(),
  resource_id: z.string(),
  outcome: z.enum(['success', 'failure', 'denied']),
  before: z.optional(z.unknown()),
  after: z.optional(z.unknown()),
  ip: z.string(),
});
export type AuditLine = z.infer<typeof auditLineSchema>;
export const auditEventSchema = z.object({ type: z.literal('audit'), ...auditLineSchema.shape, cursor: z.string() });

/** `GET /api/v1/audit?actor=&action=&resource_type=&resource_id=&outcome=&from=&to=&before=&limit=&format=json|csv`: newest first. */
export const auditPageSchema = z.object({
  entries: z.array(auditLineSchema),
  total: z.number(),
  /** What to give as `before` for the next page; null on the last. */
  before: z.nullable(z.number()),
  cursor: z.string(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;
