/// <reference path="./irc-framework.d.ts" />
import { type ChannelText, Client, type ParsedLine } from 'irc-framework';
import type { Clock } from '../../../../engine/clock.ts';
import { IrcSocket } from './irc-socket.ts';
import type { IrcTimings } from './irc-timings.ts';
import { plainText } from './plain-text.ts';

export interface IrcSessionOptions {
  readonly server: string;
  readonly port: number;
  readonly tls: boolean;
  readonly ca?: string;
  readonly password?: string;
  readonly capabilities: readonly string[];
  /** Nicks to try, in order; never empty. */
  readonly nicks: readonly string[];
  readonly clock: Clock;
  readonly timings: IrcTimings;
  readonly listener: IrcSessionListener;
}

export interface IrcSessionListener {
  registered(): void;
  said(line: ChannelText, kind: 'privmsg' | 'action'): void;
  joined(channel: string): void;
  /** The server won't let it into the channel. */
  refused(channel: string, reason: string): void;
  /** It was put out of a channel it had joined. */
  left(channel: string, reason: string): void;
  /** Once, as the last: the connection is gone. */
  ended(reason: string): void;
}

const REAL_NAME = 'Millrace, reads along';
const CLOSING_MS = 500;
const MAX_REASON = 300;
/** Everything else is left unread: irc-framework would keep lists of members, bans and the like, without a bound. */
const READ_COMMANDS = new Set(
  '001 005 432 433 464 465 CAP ERROR JOIN KICK NICK NOTICE PART PING PONG PRIVMSG'.split(' '),
);
/** Refused joins: the channel is the second parameter, the reason the last. */
const JOIN_REFUSALS = new Set('403 405 437 448 471 473 474 475 476 477 479 489 520'.split(' '));

/** One connection to an IRC server, from the attempt to its end. It never comes back; who wants another makes one. */
export class IrcSession implements AsyncDisposable {
  readonly #options: IrcSessionOptions;
  readonly #client: Client;
  readonly #nicks: string[];
  readonly #ended = Promise.withResolvers<void>();
  #isRegistered = false;
  #hasEnded = false;
  #isClosing = false;
  #heardAt: number;
  #lastWords = '';
  #cancelTimer: () => void = () => {};
  #socket: IrcSocket | undefined;

  constructor(options: IrcSessionOptions) {
    this.#options = options;
    const { server, port, password, clock, timings, nicks } = options;
    const [nick = 'millrace', ...others] = nicks;
    this.#nicks = others;
    this.#heardAt = clock.monotonic();
    this.#client = new Client({
      host: server,
      port,
      nick,
      username: 'millrace',
      gecos: REAL_NAME,
      version: '',
      auto_reconnect: false,
      ping_interval: 0,
      ping_timeout: 0,
      transport: this.#transport(),
      ...(password === undefined ? {} : { password }),
    });
    this.#listen();
    this.#cancelTimer = clock.schedule(timings.registerWithinMs, () =>
      this.#end(`no welcome within ${timings.registerWithinMs / 1_000} s`),
    );
    this.#client.requestCap(options.capabilities);
    this.#client.connect();
  }

  get nick(): string {
    return this.#client.user.nick;
  }

  join(channel: string): void {
    this.#client.join(channel);
  }

  /** Says goodbye, and ends the connection whether or not the server answers. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    this.#isClosing = true;
    this.#cancelTimer();
    this.#socket?.writeLine('QUIT');
    this.#socket?.close(!this.#isRegistered);
    this.#cancelTimer = this.#options.clock.schedule(CLOSING_MS, () => this.#end(''));
    await this.#ended.promise;
  }

  /** The class of which irc-framework makes its transport. */
  #transport(): unknown {
    const session = this;
    const { server: host, port, tls, ca, clock } = this.#options;
    return class extends IrcSocket {
      constructor() {
        const onLine = () => {
          session.#heardAt = clock.monotonic();
        };
        super({ host, port, tls, clock, onLine, ...(ca === undefined ? {} : { ca }) });
        session.#socket = this;
      }
    };
  }

  #listen(): void {
    const client = this.#client;
    const { listener } = this.#options;
    client.use((_, raw) =>
      raw.use((command, line, _raw, _client, next) => {
        if (JOIN_REFUSALS.has(command)) return this.#refused(line);
        if (!READ_COMMANDS.has(command)) return;
        // Lines of a batch would be kept back, without a bound, until its end.
        delete line.tags.batch;
        next();
      }),
    );
    client.on('registered', () => {
      this.#isRegistered = true;
      this.#watchSilence();
      listener.registered();
    });
    client.on('nick in use', ({ nick, reason }) => this.#tryNextNick(`${nick}: ${reason}`));
    client.on('nick invalid', ({ nick, reason }) => this.#tryNextNick(`${nick}: ${reason}`));
    client.on('irc error', ({ error, reason }) => {
      this.#lastWords = error === 'password_mismatch' ? 'the password is refused' : (reason ?? error);
    });
    client.on('notice', ({ message }) => {
      if (!this.#isRegistered) this.#lastWords = message;
    });
    client.on('privmsg', (line) => listener.said(line, 'privmsg'));
    client.on('action', (line) => listener.said(line, 'action'));
    client.on('join', ({ nick, channel }) => {
      if (this.#isMe(nick)) listener.joined(channel);
    });
    client.on('part', ({ nick, channel }) => {
      if (this.#isMe(nick)) listener.left(channel, 'removed from the channel');
    });
    client.on('kick', ({ kicked, nick, channel, message }) => {
      if (this.#isMe(kicked)) listener.left(channel, this.#tell(`kicked by ${nick}: ${message}`));
    });
    client.on('socket close', (error) => this.#closed(error));
  }

  #isMe(nick: string): boolean {
    return this.#client.caseCompare(nick, this.nick);
  }

  #refused({ params }: ParsedLine): void {
    const [, channel, ...rest] = params;
    if (channel !== undefined) this.#options.listener.refused(channel, this.#tell(rest.at(-1) ?? 'refused'));
  }

  #tryNextNick(reason: string): void {
    if (this.#isRegistered) return;
    const next = this.#nicks.shift();
    if (next === undefined) this.#end(this.#tell(`no nick is free: ${reason}`));
    else this.#client.changeNick(next);
  }

  /** Sees within both times together that a server is gone which the network says nothing of. */
  #watchSilence(): void {
    const { clock, timings } = this.#options;
    const { pingAfterMs, pongWithinMs } = timings;
    const silentMs = clock.monotonic() - this.#heardAt;
    this.#cancelTimer();
    if (silentMs < pingAfterMs) {
      this.#cancelTimer = clock.schedule(pingAfterMs - silentMs, () => this.#watchSilence());
      return;
    }
    const askedAt = clock.monotonic();
    this.#client.ping();
    this.#cancelTimer = clock.schedule(pongWithinMs, () => {
      if (this.#heardAt >= askedAt) this.#watchSilence();
      else this.#end(`the server has been silent for ${Math.round((silentMs + pongWithinMs) / 1_000)} s`);
    });
  }

  #closed(error: unknown): void {
    if (error instanceof Error) this.#end(this.#tell(error.message || error.name));
    else this.#end(this.#tell(this.#lastWords || 'the server closed the connection'));
  }

  #end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelTimer();
    this.#client.removeAllListeners();
    this.#socket?.disposeSocket();
    this.#ended.resolve();
    if (!this.#isClosing) this.#options.listener.ended(reason);
  }

  /** What a server says is for people: without control codes, not too long, and never with the password in it. */
  #tell(text: string): string {
    const { password } = this.#options;
    const safe = password === undefined ? text : text.replaceAll(password, '***');
    return plainText(safe).slice(0, MAX_REASON).toWellFormed();
  }
}
