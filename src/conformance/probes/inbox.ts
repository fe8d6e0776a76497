import { CaseFailure } from '../verdict.ts';

/** More than any case asks a server for; beyond it something is badly wrong. */
const MAX_ITEMS = 200_000;

/** What has arrived so far, and a way to wait for more. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #looks = new Set<() => void>();
  #end: string | undefined;

  get items(): readonly Item[] {
    return this.#items;
  }

  push(item: Item): void {
    if (this.#items.length >= MAX_ITEMS) return this.end(`more than ${MAX_ITEMS} messages came`);
    this.#items.push(item);
    this.#lookAgain();
  }

  /** Nothing more will come; `reason` says why. */
  end(reason: string): void {
    this.#end ??= reason;
    this.#lookAgain();
  }

  /** Settles with what `find` finds in the items; fails when that takes too long or nothing more can come. */
  until<Found>(
    what: string,
    withinMs: number,
    find: (items: readonly Item[]) => Found | undefined | false,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        settle();
      };
      const look = () => {
        try {
          const found = find(this.#items);
          if (found !== undefined && found !== false) finish(() => resolve(found));
          else if (this.#end !== undefined) finish(() => reject(new CaseFailure(`no ${what}: ${this.#end}`)));
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const timer = setTimeout(
        () => finish(() => reject(new CaseFailure(`no ${what} within ${withinMs} ms, after ${this.#items.length}`))),
        withinMs,
      );
      this.#looks.add(look);
      look();
    });
  }

  #lookAgain(): void {
    for (const look of [...this.#looks]) look();
  }
}
