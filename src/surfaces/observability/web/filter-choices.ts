import type { FilterOptions, ObservedEvent } from '../events.ts';

export interface FilterChoicesView {
  readonly apps: readonly string[];
  readonly sessions: readonly string[];
  readonly types: readonly string[];
}

/** What the filters offer: what the server knows, and what has arrived since. */
export class FilterChoices {
  #apps = new Set<string>();
  #sessions = new Set<string>();
  #types = new Set<string>();
  #view: FilterChoicesView = { apps: [], sessions: [], types: [] };
  #isStale = false;

  replace(options: FilterOptions): void {
    this.#apps = new Set(options.source_apps);
    this.#sessions = new Set(options.session_ids);
    this.#types = new Set(options.event_types);
    this.#isStale = true;
  }

  add({ source_app, session_id, event_type }: ObservedEvent): void {
    this.#offer(this.#apps, source_app);
    this.#offer(this.#types, event_type);
    if (session_id !== undefined) this.#offer(this.#sessions, session_id);
  }

  /** The same object until something was added. */
  view(): FilterChoicesView {
    if (this.#isStale) {
      this.#isStale = false;
      this.#view = { apps: [...this.#apps].sort(), sessions: [...this.#sessions], types: [...this.#types].sort() };
    }
    return this.#view;
  }

  #offer(known: Set<string>, value: string): void {
    if (known.has(value) || known.size >= MAX_OFFERED) return;
    known.add(value);
    this.#isStale = true;
  }
}

/** Names come from whoever posts events: more than a person can choose from are not kept. */
const MAX_OFFERED = 1_000;
