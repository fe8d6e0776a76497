import type { ChannelText } from 'irc-framework';
import type { Clock } from '../../../../engine/clock.ts';
import type { Liveness } from '../../../../protocol/connector.ts';
import { reconnectDelayMs, STEADY_RECONNECT_POLICY } from '../../../../protocol/reconnect-policy.ts';
import type { ConnectorMessage } from '../connector-message.ts';
import { ChannelSet } from './channel-set.ts';
import { IrcSession } from './irc-session.ts';
import type { IrcSettings } from './irc-settings.ts';
import type { IrcTimings } from './irc-timings.ts';
import { lineToMessage } from './line-to-message.ts';

export interface IrcConnectorOptions {
  readonly id: string;
  readonly settings: IrcSettings;
  readonly password?: string;
  /** Gives the certificates that are trusted instead of the system's; asked at every connection. */
  readonly loadCa?: () => Promise<string>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly timings: IrcTimings;
  readonly deliver: (message: ConnectorMessage) => void;
  readonly health: ConnectorHealth;
}

/** Where a connector says how it is. */
export interface ConnectorHealth {
  liveness(liveness: Liveness): void;
  failed(error: string): void;
}

/**
 * Keeps one connection to an IRC server open for as long as it is wanted.
 *
 *   connecting ──joined a channel──▶ live ──lost──▶ reconnecting ──1, 2, 4, 8, 16, 30 s──▶ (a new session)
 *       └────────────────────lost─────────────────────────▲
 *
 * irc-framework's own reconnecting is off: it gives up when a connection was not registered for five seconds.
 */
export class IrcConnector implements AsyncDisposable {
  readonly #options: IrcConnectorOptions;
  readonly #channels: ChannelSet;
  #session: IrcSession | undefined;
  #starting: Promise<void> = Promise.resolve();
  #isDisposed = false;
  #failures = 0;
  #registeredAt: number | undefined;
  #liveness: Liveness | undefined;
  #cancelRetry: () => void = () => {};
  #cancelJoins: () => void = () => {};

  constructor(options: IrcConnectorOptions) {
    this.#options = options;
    this.#channels = new ChannelSet(options.settings.channels);
    this.#become('connecting');
    this.#connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#cancelRetry();
    this.#cancelJoins();
    await this.#starting;
    await this.#session?.[Symbol.asyncDispose]();
    // What a row says while nothing runs is what the next start finds.
    this.#become('connecting');
  }

  #connect(): void {
    this.#starting = this.#open().catch((error: unknown) => {
      if (!this.#isDisposed) this.#lost(error instanceof Error ? error.message : String(error));
    });
  }

  async #open(): Promise<void> {
    const { settings, password, loadCa, clock, random, timings } = this.#options;
    const { server, port, tls, capabilities } = settings;
    const ca = await loadCa?.();
    if (this.#isDisposed) return;
    this.#session = new IrcSession({
      server,
      port,
      tls,
      ...(ca === undefined ? {} : { ca }),
      ...(password === undefined ? {} : { password }),
      capabilities,
      nicks: nicksToTry(settings, random),
      clock,
      timings,
      listener: {
        registered: () => this.#registered(),
        said: (line, kind) => this.#said(line, kind),
        joined: (channel) => this.#joined(channel),
        refused: (channel, reason) => this.#refused(channel, reason),
        left: (channel, reason) => this.#left(channel, reason),
        ended: (reason) => this.#lost(reason),
      },
    });
  }

  #registered(): void {
    this.#registeredAt = this.#options.clock.monotonic();
    this.#joinMissing();
  }

  #joinMissing(): void {
    const { clock, timings } = this.#options;
    for (const channel of this.#channels.missing) {
      this.#channels.ask(channel);
      this.#session?.join(channel);
    }
    this.#cancelJoins();
    // Joins are paced, so the last of many is sent later and may be answered later.
    const waitMs = timings.joinWithinMs + this.#channels.missing.length * 2_000;
    this.#cancelJoins = clock.schedule(waitMs, () => this.#checkJoins());
  }

  /** A server that answers a JOIN with nothing knows no such channel; Twitch is one. */
  #checkJoins(): void {
    const { clock, timings } = this.#options;
    for (const channel of this.#channels.unanswered) this.#refused(channel, 'no answer to the attempt to join');
    this.#cancelJoins = clock.schedule(timings.rejoinAfterMs, () => this.#joinMissing());
  }

  #joined(channel: string): void {
    this.#channels.join(channel);
    this.#become('live');
  }

  #refused(channel: string, reason: string): void {
    if (this.#channels.refuse(channel, reason)) this.#options.health.failed(`${channel}: ${reason}`);
  }

  #left(channel: string, reason: string): void {
    this.#channels.leave(channel);
    this.#options.health.failed(`${channel}: ${reason}`);
    if (!this.#channels.isAnyJoined) this.#become('reconnecting');
    const { clock, timings } = this.#options;
    this.#cancelJoins();
    this.#cancelJoins = clock.schedule(timings.joinWithinMs, () => this.#joinMissing());
  }

  #said(line: ChannelText, kind: 'privmsg' | 'action'): void {
    const { id: connector, clock, deliver } = this.#options;
    const channelName = (target: string) => this.#channels.nameOf(target);
    const nick = this.#session?.nick ?? '';
    const message = lineToMessage(line, kind, { connector, channelName, nick, now: clock.now() });
    if (message) deliver(message);
  }

  #lost(reason: string): void {
    const { clock, random, health, settings } = this.#options;
    const policy = STEADY_RECONNECT_POLICY;
    const healthyForMs = this.#registeredAt === undefined ? 0 : clock.monotonic() - this.#registeredAt;
    // Some servers welcome everybody and end the connection a moment later; that is a failure like any other.
    this.#failures = healthyForMs >= policy.healthyAfterMs ? 1 : this.#failures + 1;
    this.#registeredAt = undefined;
    this.#session = undefined;
    this.#channels.clear();
    this.#cancelJoins();
    health.failed(`${settings.server}: ${reason}`);
    this.#become('reconnecting');
    const delayMs = reconnectDelayMs(policy, { failures: this.#failures, healthyForMs, random: random() });
    this.#cancelRetry = clock.schedule(delayMs, () => this.#connect());
  }

  #become(liveness: Liveness): void {
    if (this.#liveness === liveness) return;
    this.#liveness = liveness;
    this.#options.health.liveness(liveness);
  }
}

/** The nick, the others of the settings, then variations; servers that allow nine characters get no longer one. */
function nicksToTry({ nick, other_nicks: others }: IrcSettings, random: () => number): string[] {
  const madeUp = Array.from({ length: 3 }, () => `${nick.slice(0, 6)}${Math.floor(100 + random() * 900)}`);
  return [nick, ...others, nick.length < 9 ? `${nick}_` : `${nick.slice(0, 8)}_`, ...madeUp];
}
