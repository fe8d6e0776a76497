import * as z from 'zod/mini';

export const reconciliationStatusSchema = z.enum(['verified', 'stale', 'discrepancy']);
export type ReconciliationStatus = z.infer<typeof reconciliationStatusSchema>;

export const countsSchema = z.record(z.string(), z.number());
export type Counts = z.infer<typeof countsSchema>;

/** Why a service is `stale`: one side was never reported, or nothing came for `MILLRACE_STALE_AFTER_MS`. */
export const staleReasonSchema = z.enum(['awaiting_expected', 'awaiting_actual', 'no_report']);
export type StaleReason = z.infer<typeof staleReasonSchema>;

/** One message of the feed `/reconciliation/stream`: the schema of specs/001, then what Millrace adds. */
export const reconciliationEventSchema = z.object({
  eventId: z.string(),
  service: z.string(),
  status: reconciliationStatusSchema,
  /** The actual counts; empty until they were reported. */
  counts: countsSchema,
  /** SHA-256, in hex, of the canonical JSON (RFC 8785) of `counts`. */
  checksum: z.string(),
  /** As reported; else from `reportedAt` to receipt; else from receipt to comparison. */
  latencyMs: z.number(),
  /** Present while the status is `discrepancy`. */
  discrepancyDetails: z.optional(
    z.object({
      expected: countsSchema,
      actual: countsSchema,
      /** Job ids of the expected side that the actual side doesn't have. */
      missingJobIds: z.array(z.string()),
    }),
  ),

  type: z.literal('reconciliation.update'),
  /** When the update was committed; ISO 8601. */
  at: z.string(),
  /** The position after the update. */
  cursor: z.string(),
  /** Present while the status is `stale`. */
  staleReason: z.optional(staleReasonSchema),
  /** The expected counts, once they were reported. */
  expectedCounts: z.optional(countsSchema),
  /** When the sides were received last; ISO 8601. */
  expectedAt: z.optional(z.string()),
  actualAt: z.optional(z.string()),
  /** When the service's newest report was received; its age counts from here. */
  lastReportAt: z.string(),
});
export type ReconciliationEvent = z.infer<typeof reconciliationEventSchema>;

/** `POST /reconciliation/reports`: 202. */
export const reportAcceptedSchema = z.object({ eventId: z.string(), status: reconciliationStatusSchema });
export type ReportAccepted = z.infer<typeof reportAcceptedSchema>;

/** `GET /reconciliation/latest`: the latest update of every service, by name; all as of `cursor`. */
export const latestSchema = z.object({ services: z.array(reconciliationEventSchema), cursor: z.string() });
export type Latest = z.infer<typeof latestSchema>;

/** An error that a browser reported to `POST /audit/client-error`, as the audit shows it. */
export const clientErrorEntrySchema = z.object({
  eventId: z.string(),
  type: z.literal('client.error'),
  at: z.string(),
  cursor: z.string(),
  message: z.string(),
  stack: z.optional(z.string()),
  componentStack: z.optional(z.string()),
  /** Without its query and fragment. */
  url: z.optional(z.string()),
});
export type ClientErrorEntry = z.infer<typeof clientErrorEntrySchema>;

export const auditEntrySchema = z.discriminatedUnion('type', [reconciliationEventSchema, clientErrorEntrySchema]);
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** `GET /reconciliation/audit`: newest first. A filter by service or status leaves client errors out. */
export const auditPageSchema = z.object({
  data: z.array(auditEntrySchema),
  meta: z.object({ page: z.number(), limit: z.number(), total: z.number(), totalPages: z.number() }),
  cursor: z.string(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** `POST /audit/client-error`: 202. */
export const clientErrorAcceptedSchema = z.object({ eventId: z.string() });
export type ClientErrorAccepted = z.infer<typeof clientErrorAcceptedSchema>;
