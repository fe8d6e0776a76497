/** Caps of a report; texts in UTF-16 code units. */
export const REPORT_LIMITS = {
  service: 200,
  countKeys: 1_000,
  countKey: 200,
  jobIds: 10_000,
  jobId: 200,
  /** Services known at a time: a report of one more is refused. */
  services: 1_000,
} as const;

/** Bytes of the body of `POST /audit/client-error`. */
export const CLIENT_ERROR_BYTES = 64 * 1024;

/** Caps of the texts of a client's error; what is longer is cut. */
export const CLIENT_ERROR_LIMITS = { message: 1_000, stack: 8_000, url: 1_000 } as const;

/** Most entries of one page of `GET /reconciliation/audit`. */
export const MAX_AUDIT_PAGE = 500;
