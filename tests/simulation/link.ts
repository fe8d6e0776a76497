import type { Connection } from '../../src/engine/socket.ts';
import type { Chance } from './chance.ts';
import type { LifeClock } from './life-clock.ts';
import { Pipe } from './pipe.ts';
import type { Scheduler } from './scheduler.ts';
import type { Sights } from './sights.ts';
import type { Trace } from './trace.ts';

/** Whoever answers on the other side, for as long as it lives. */
export interface Peer {
  readonly clock: LifeClock;
  /** The longest time that a write to a socket takes of its thread. */
  readonly sendMs: number;
  handle(request: Request, connection: Connection): Promise<Response | undefined>;
}

/** The way between one client and the server, which all of its connections share. */
export interface Path {
  readonly name: string;
  /** Nothing gets through, and nobody is told. */
  isDark: boolean;
  /** The client doesn't read what arrives. */
  isStalled: boolean;
  /** False behind a proxy that lets nothing but whole answers through. */
  takesStreams: boolean;
  /** The longest time that one piece takes. */
  delayMs: number;
}

export interface LinkOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly sights: Sights;
  readonly trace: Trace;
  readonly path: Path;
  /** The server that runs now. */
  readonly server: () => Peer | undefined;
  /** Told of what must never happen. */
  readonly violate: (what: string) => void;
  readonly onOver: () => void;
}

/** Bytes that a socket takes before it says that it is full. */
const SOCKET_BYTES = 2_000;

/** One connection: two pipes, and the ways in which it ends. */
export abstract class Link {
  readonly options: LinkOptions;
  readonly up: Pipe;
  readonly down: Pipe;
  /** Nothing gets through any more, and neither side is told. */
  #isLost = false;
  #isOver = false;
  #cutsInsideFrame = false;
  protected peer: Peer | undefined;

  constructor(options: LinkOptions) {
    const { scheduler, chance, path } = options;
    this.options = options;
    const delayMs = () => path.delayMs;
    const isUp = () => !this.#isLost && !path.isDark;
    this.up = new Pipe({ scheduler, chance, delayMs, isOpen: isUp, onEmpty: () => {} });
    this.down = new Pipe({
      scheduler,
      chance,
      delayMs,
      isOpen: () => isUp() && !path.isStalled,
      onEmpty: () => this.peer?.clock.run(() => this.drained()),
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isFull(): boolean {
    return this.down.size > SOCKET_BYTES;
  }

  /** Whether it is a connection to this peer. */
  isTo(peer: Peer): boolean {
    return this.peer === peer;
  }

  /** Both sides are told, if anything gets through; what was under way is gone. */
  cut(): void {
    if (this.#isOver) return;
    const { scheduler, chance, path, sights } = this.options;
    if (this.down.size > 0) sights.see('cutsUnderWay');
    this.end();
    if (!this.#isLost && !path.isDark) scheduler.after(chance.between(0, 5), () => this.endedForClient());
    scheduler.after(chance.between(0, 5), () => this.peer?.clock.run(() => this.endedForServer()));
  }

  /** As {@link cut}, once a part of a frame has arrived whose rest has not. */
  cutInsideNextFrame(): void {
    this.#cutsInsideFrame = true;
  }

  /** Takes {@link cutInsideNextFrame} back. */
  spare(): void {
    this.#cutsInsideFrame = false;
  }

  /** Half of it stays open on each side: nobody is told. */
  lose(): void {
    this.#isLost = true;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** The path has changed. */
  move(): void {
    this.up.move();
    this.down.move();
  }

  /** Sends to the client in parts; `arrive` is called with the last. */
  protected sendParts(parts: readonly number[], arrive: (part: number) => void): void {
    for (const [index, size] of parts.entries()) {
      this.down.push(size, () => {
        arrive(index);
        const isInside = index < parts.length - 1;
        if (!isInside || !this.#cutsInsideFrame) return;
        this.options.sights.see('cutsInsideAFrame');
        this.cut();
      });
    }
    if (this.isFull) this.options.sights.see('fullSockets');
  }

  /** Sizes of the parts in which so many bytes travel. */
  protected partsOf(size: number): readonly number[] {
    const { chance } = this.options;
    if (size < 2 || !(this.#cutsInsideFrame || chance.is(0.15))) return [size];
    const first = chance.int(1, size - 1);
    return [first, size - first];
  }

  /** A write to a socket takes its time. */
  protected spendOnSend(): void {
    if (this.peer) this.peer.clock.spend(this.options.chance.between(0, this.peer.sendMs));
  }

  /** No byte moves any more. */
  protected end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.up.cut();
    this.down.cut();
    this.options.onOver();
  }

  /** The client learns that the connection is gone. */
  protected abstract endedForClient(): void;
  /** The server learns it. */
  protected abstract endedForServer(): void;
  /** All that the server sent has gone out. */
  protected abstract drained(): void;
}
