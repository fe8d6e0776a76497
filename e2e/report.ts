/** One side of a service, as `POST /reconciliation/reports` takes it. */
export interface ReportedSide {
  readonly service: string;
  readonly side: 'expected' | 'actual';
  readonly counts: Readonly<Record<string, number>>;
  readonly jobIds?: readonly string[];
  readonly latencyMs?: number;
}

/** Reports sides to a running server, in the order given. */
export async function report(url: string, ...sides: readonly ReportedSide[]): Promise<void> {
  for (const side of sides) {
    const response = await fetch(`${url}/reconciliation/reports`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(side),
    });
    if (response.status !== 202)
      throw new Error(`the report was answered ${response.status}: ${await response.text()}`);
  }
}

/** Both sides of a service at once. */
export async function reportBoth(url: string, service: string, expected: number, actual = expected): Promise<void> {
  const side = { service, latencyMs: 5 };
  await report(
    url,
    { ...side, side: 'expected', counts: { rows: expected } },
    { ...side, side: 'actual', counts: { rows: actual } },
  );
}
