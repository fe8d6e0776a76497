/** One measured number. */
export interface Figure {
  /** Which server was measured. */
  readonly subject: string;
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | '/s' | 's' | 'KiB' | 'clients' | '';
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
}

export interface ScenarioResult {
  readonly figures: readonly Figure[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
}

export interface Scenario {
  /** What `--only` takes. */
  readonly name: string;
  readonly title: string;
  /** `folder` is empty, on the disk to be measured, and removed afterwards. */
  run(folder: string): Promise<ScenarioResult>;
}

/** Whether the figure meets its target; `undefined` when it has none. */
export function meetsTarget({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

/** What was measured of several subjects, under one common note. */
export function joinResults(note: string, results: readonly ScenarioResult[]): ScenarioResult {
  return {
    figures: results.flatMap(({ figures }) => figures),
    notes: [note, ...results.flatMap(({ notes }) => notes)],
  };
}
