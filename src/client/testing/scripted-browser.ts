import type { TabChannel, Tabs } from '../environment.ts';
import { ScriptedEnvironment } from './scripted-environment.ts';

interface Waiting {
  readonly tab: ScriptedTab;
  readonly signal: AbortSignal;
  readonly task: () => Promise<void>;
}

interface Listener {
  readonly tab: ScriptedTab;
  readonly name: string;
  readonly hear: (message: unknown) => void;
}

/** One tab of a {@link ScriptedBrowser}; its clock is its own. */
export class ScriptedTab extends ScriptedEnvironment {
  readonly tabs: Tabs;
  isKilled = false;

  constructor(tabs: (tab: ScriptedTab) => Tabs) {
    super();
    this.tabs = tabs(this);
  }
}

/** Several tabs with the browser's locks and channels, whose messages arrive in order and a moment later. */
export class ScriptedBrowser {
  #nextId = 0;
  #queues = new Map<string, Waiting[]>();
  #holders = new Map<string, Waiting>();
  #listeners = new Set<Listener>();

  openTab(): ScriptedTab {
    return new ScriptedTab((tab) => ({
      createId: () => `tab-${++this.#nextId}`,
      openChannel: (name, hear) => this.#openChannel({ tab, name, hear }),
      holdLock: (name, signal, task) => this.#wait(name, { tab, signal, task }),
    }));
  }

  /** Ends a tab as a crash does: nothing of it runs any more, and its locks go to the next. */
  kill(tab: ScriptedTab): void {
    tab.isKilled = true;
    for (const listener of this.#listeners) if (listener.tab === tab) this.#listeners.delete(listener);
    for (const [name, holder] of this.#holders) if (holder.tab === tab) this.#passOn(name);
  }

  #openChannel(listener: Listener): TabChannel {
    this.#listeners.add(listener);
    return {
      post: (message) => {
        const copy: unknown = structuredClone(message);
        const others = [...this.#listeners].filter((other) => other !== listener && other.name === listener.name);
        if (listener.tab.isKilled || !this.#listeners.has(listener)) return;
        queueMicrotask(() => {
          for (const other of others) if (this.#listeners.has(other)) other.hear(copy);
        });
      },
      close: () => this.#listeners.delete(listener),
    };
  }

  #wait(name: string, waiting: Waiting): void {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    queue.push(waiting);
    if (!this.#holders.has(name)) queueMicrotask(() => !this.#holders.has(name) && this.#passOn(name));
  }

  #passOn(name: string): void {
    this.#holders.delete(name);
    const next = this.#queues.get(name)?.shift();
    if (!next) return;
    if (next.tab.isKilled || next.signal.aborted) {
      this.#passOn(name);
      return;
    }
    this.#holders.set(name, next);
    next.task().then(() => this.#holders.get(name) === next && this.#passOn(name));
  }
}
