import type { ClientEnvironment } from '../../src/client/environment.ts';
import { History, type HistoryReport } from '../support/history.ts';
import { Chance } from './chance.ts';
import { Network } from './network.ts';
import { PlainReader } from './plain-reader.ts';
import { Scheduler } from './scheduler.ts';
import { idOf } from './segment.ts';
import { Sights } from './sights.ts';
import { SimulatedClient } from './simulated-client.ts';
import { type DiskImage, SimulatedDisk } from './simulated-disk.ts';
import { type Damage, ServerLife } from './simulated-server.ts';
import type { Subscriber } from './subscriber.ts';
import { Trace } from './trace.ts';

const CHANNELS = ['red', 'green', 'blue', 'other'];

/** What is replaced to show that a simulation notices. */
export interface Mutant extends Damage {
  readonly wrapEnvironment?: (environment: ClientEnvironment) => ClientEnvironment;
}

/** Everything of one simulation: a disk, a server now and then, a network, and clients. */
export class World {
  readonly chance: Chance;
  readonly scheduler = new Scheduler();
  readonly trace = new Trace(this.scheduler);
  readonly sights = new Sights();
  readonly disk = new SimulatedDisk();
  readonly network: Network;
  readonly clients: readonly SimulatedClient[];
  readonly readers: readonly PlainReader[];
  /** What was seen to be wrong, in words. */
  readonly violations: string[] = [];
  /** What all histories together have counted. */
  readonly totals = { attempts: 0, acked: 0, unknown: 0, lost: 0, phantom: 0, dup: 0, reorder: 0, resets: 0 };
  /** Whether faults may still begin. */
  isStormy = true;
  readonly #damage: Damage;
  readonly #lives: ServerLife[] = [];
  #life: ServerLife | undefined;
  #crash: (() => void) | undefined;
  #publishing = new History();
  #published = 0;

  constructor(seed: number, mutant: Mutant = {}) {
    this.chance = new Chance(seed);
    this.#damage = mutant;
    const { chance, scheduler, trace, sights, disk } = this;
    const violate = (what: string) => this.violate(what);
    const network = new Network({ chance, scheduler, trace, sights, server: () => this.#life, violate });
    this.network = network;
    const subscriber = (name: string) => {
      const channel = chance.is(0.5) ? chance.of(CHANNELS) : undefined;
      const onReport = (report: HistoryReport) => this.#count(name, report);
      return { name, channel, onReport, chance, scheduler, trace, sights, disk, network, violate };
    };
    const { wrapEnvironment } = mutant;
    this.clients = Array.from({ length: chance.int(2, 3) }, (_, index) => {
      return new SimulatedClient({ ...subscriber(`c${index}`), wrapEnvironment });
    });
    this.readers = Array.from({ length: chance.int(0, 2) }, (_, index) => new PlainReader(subscriber(`r${index}`)));
  }

  get everybody(): readonly Subscriber[] {
    return [...this.clients, ...this.readers];
  }

  get life(): ServerLife | undefined {
    return this.#life;
  }

  startServer(): void {
    if (this.#life) return;
    const { chance, scheduler, trace, sights, disk } = this;
    trace.add('server', `starts: ${disk.epoch} ${disk.trimmed.seq}..${disk.head.seq}`);
    this.#crash = undefined;
    const onCommitted = () => this.#crash?.();
    this.#life = new ServerLife({ chance, scheduler, trace, sights, disk, onCommitted, damage: this.#damage });
    this.#lives.push(this.#life);
  }

  /** As `kill -9`. */
  crashServer(): void {
    const life = this.#life;
    if (!life) return;
    this.trace.add('server', 'crashes');
    this.sights.see('crashes');
    if (life.threads.hasUnreported) this.sights.see('unansweredCommits');
    this.#end(life);
  }

  /** As {@link crashServer}, when something is stored of which nobody was told. */
  crashAfterNextCommit(onCrashed: () => void): void {
    this.#crash = () => {
      this.#crash = undefined;
      if (!this.isStormy) return;
      this.crashServer();
      onCrashed();
    };
  }

  /** As SIGTERM; `onEnded` is called when the process has ended. */
  stopServer(onEnded: () => void): void {
    const life = this.#life;
    if (!life || life.isClosing) return;
    this.trace.add('server', 'stops');
    this.sights.see('restarts');
    life.close(() => {
      this.#end(life);
      onEnded();
    });
  }

  /** Starts appends without waiting for each other, all of them within a time. */
  publish(appends: number, withinMs: number): void {
    for (let index = 0; index < appends; index += 1) {
      this.scheduler.after(this.chance.between(0, withinMs), () => this.#append());
    }
  }

  /** Only while no server runs. */
  replaceLog(image: DiskImage, how: 'restore' | 'copy back'): void {
    this.#checkPublished();
    this.trace.add('disk', `${how} at ${image.records.length}`);
    this.disk.replace(image, how);
    // What came after the copy is gone because somebody wanted it so.
    this.#publishing = new History();
    for (const id of image.records.map(idOf)) {
      this.#publishing.attempt(id);
      this.#publishing.acknowledge(id);
    }
  }

  /** It is over, and nobody looks any more. */
  release(): void {
    for (const life of this.#lives) life.release();
  }

  violate(what: string): void {
    this.trace.add('VIOLATION', what);
    this.violations.push(what);
  }

  /** Compares what was acknowledged, and what everybody has shown, with what is stored. */
  checkAll(): void {
    this.#checkPublished();
    for (const subscriber of this.everybody) subscriber.checkAll();
  }

  #checkPublished(): void {
    this.#count('publishers', this.#publishing.check(this.disk.records.map(idOf)));
  }

  #append(): void {
    const { chance, trace, sights } = this;
    const log = this.#life?.log;
    if (!log) return;
    const channel = chance.of(CHANNELS) ?? '';
    const first = this.#published + 1;
    this.#published += chance.int(1, 6);
    const ids = Array.from({ length: this.#published - first + 1 }, (_, index) => `${first + index}€`);
    const history = this.#publishing;
    for (const id of ids) history.attempt(id);
    trace.add('publisher', `sends ${ids.join(' ')} to ${channel}`);
    // Now and then so much that a batch ends because of its size.
    const pad = chance.is(0.01) ? 'x'.repeat(chance.int(10_000, 40_000)) : '';
    log.append(ids.map((text) => ({ type: 'test.said', channel, body: JSON.stringify({ text, pad }) }))).then(
      () => {
        trace.add('publisher', `was acknowledged ${ids.join(' ')}`);
        for (const id of ids) history.acknowledge(id);
      },
      () => {
        trace.add('publisher', `was refused ${ids.join(' ')}`);
        sights.see('failedAppends');
      },
    );
  }

  #end(life: ServerLife): void {
    life[Symbol.dispose]();
    this.network.endAll(life);
    if (this.#life === life) this.#life = undefined;
  }

  #count(who: string, report: HistoryReport): void {
    for (const name of ['attempts', 'acked', 'unknown', 'lost', 'phantom', 'dup', 'reorder'] as const) {
      this.totals[name] += report[name];
    }
    const { lost, phantom, dup, reorder } = report;
    if (lost + phantom + dup + reorder > 0) this.violate(`${who}: ${JSON.stringify({ lost, phantom, dup, reorder })}`);
  }
}
