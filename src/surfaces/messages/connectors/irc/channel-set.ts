/**
 * Where the connector stands with each of its channels. Names are the same in upper and lower case; they are shown as the
 * settings write them. A server may lead to another channel than was asked for: that one is then listened to as well.
 */
export class ChannelSet {
  readonly #names: Map<string, string>;
  readonly #joined = new Set<string>();
  /** Asked for, and not answered yet. */
  readonly #asked = new Set<string>();
  /** Why a channel was refused, when it was. */
  readonly #refusals = new Map<string, string>();

  constructor(channels: readonly string[]) {
    this.#names = new Map(channels.map((channel) => [channel.toLowerCase(), channel]));
  }

  /** The name as it is shown; undefined for a channel that was not joined. */
  nameOf(channel: string): string | undefined {
    const key = channel.toLowerCase();
    return this.#joined.has(key) ? (this.#names.get(key) ?? channel) : undefined;
  }

  get isAnyJoined(): boolean {
    return this.#joined.size > 0;
  }

  /** Those of the settings that it isn't in, in their order. */
  get missing(): readonly string[] {
    return [...this.#names].filter(([key]) => !this.#joined.has(key)).map(([, name]) => name);
  }

  /** Those that were asked for without an answer, in the order of the asking. */
  get unanswered(): readonly string[] {
    return [...this.#asked].flatMap((key) => this.#names.get(key) ?? []);
  }

  ask(channel: string): void {
    this.#asked.add(channel.toLowerCase());
  }

  join(channel: string): void {
    this.#joined.add(channel.toLowerCase());
    this.#asked.delete(channel.toLowerCase());
    this.#refusals.delete(channel.toLowerCase());
  }

  /** Whether the refusal says something new about a channel of the settings. */
  refuse(channel: string, reason: string): boolean {
    const key = channel.toLowerCase();
    this.#asked.delete(key);
    if (!this.#names.has(key) || this.#refusals.get(key) === reason) return false;
    this.#refusals.set(key, reason);
    return true;
  }

  leave(channel: string): void {
    this.#joined.delete(channel.toLowerCase());
  }

  /** The connection is gone; what was refused before may be refused again without a word. */
  clear(): void {
    this.#joined.clear();
    this.#asked.clear();
  }
}
