/** What Millrace uses of irc-framework 4.14.0, which brings no types. */
declare module 'irc-framework' {
  /** A line as it was parsed, before irc-framework acts on it. */
  export interface ParsedLine {
    readonly command: string;
    readonly params: readonly string[];
    /** Without a prototype; the values are decoded. */
    readonly tags: Record<string, string>;
  }

  export interface ChannelText {
    readonly from_server: boolean;
    readonly nick: string;
    readonly target: string;
    /** The prefix of a message to a part of the channel, such as its operators. */
    readonly group?: string;
    readonly message: string;
    readonly tags: Readonly<Record<string, string>>;
    /** IRCv3 `server-time`, in milliseconds since 1970. */
    readonly time?: number;
  }

  interface ClientEvents {
    registered: { readonly nick: string };
    'nick in use': { readonly nick: string; readonly reason: string };
    'nick invalid': { readonly nick: string; readonly reason: string };
    'irc error': { readonly error: string; readonly reason?: string };
    notice: ChannelText;
    privmsg: ChannelText;
    action: ChannelText;
    join: { readonly nick: string; readonly channel: string };
    part: { readonly nick: string; readonly channel: string };
    kick: { readonly kicked: string; readonly nick: string; readonly channel: string; readonly message: string };
    'socket close': unknown;
  }

  export type RawMiddleware = (
    command: string,
    line: ParsedLine,
    raw: string,
    client: Client,
    next: () => void,
  ) => void;

  export interface ClientOptions {
    readonly host: string;
    readonly port: number;
    readonly nick: string;
    readonly username: string;
    readonly gecos: string;
    readonly password?: string;
    /** Answer to a CTCP VERSION; empty for none. */
    readonly version: string;
    readonly auto_reconnect: boolean;
    /** Seconds; 0 for none. */
    readonly ping_interval: number;
    readonly ping_timeout: number;
    readonly transport: unknown;
  }

  export class Client {
    readonly user: { readonly nick: string };
    constructor(options: ClientOptions);
    on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): this;
    removeAllListeners(): this;
    use(install: (client: Client, raw: { use(middleware: RawMiddleware): void }) => void): this;
    requestCap(capability: string | readonly string[]): void;
    connect(): void;
    changeNick(nick: string): void;
    join(channel: string): void;
    ping(): void;
    caseCompare(left: string, right: string): boolean;
    caseLower(text: string): string;
  }
}
