import * as z from 'zod';

/** Most connectors that can be added, and most channels of one. */
export const CONNECTOR_LIMITS = { connectors: 50, channels: 50, nicks: 5, capabilities: 20 } as const;

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const RESERVED = /^(?:http|hooks|mr-.*)$/;
const HOST = /^[A-Za-z0-9._:-]{1,253}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what would end or split a line of the protocol
const NICK = /^[^\x00-\x20\x7f,:!@#&*?+]{1,64}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CHANNEL = /^[#&+!][^\x00-\x20\x7f,]{1,99}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const PASSWORD = /^[^\x00\r\n]{1,400}$/;

const idSchema = z
  .string()
  .regex(ID, 'must be 1 to 64 lower-case letters, digits and hyphens, the first no hyphen')
  .refine((id) => !RESERVED.test(id), 'is taken: http, hooks and what begins with mr- are Millrace’s own');
const nickSchema = z.string().regex(NICK, 'must be a nick of 1 to 64 characters');

const shape = {
  id: z.optional(idSchema),
  /** Host name or address. */
  server: z.string().regex(HOST, 'must be a host name or an address'),
  /** Default 6697 with TLS and 6667 without. */
  port: z.optional(z.number().int().min(1).max(65_535)),
  tls: z.boolean().default(false),
  nick: nickSchema,
  /** Tried in turn when the nick is in use, before made-up ones. */
  other_nicks: z.array(nickSchema).max(CONNECTOR_LIMITS.nicks).default([]),
  channels: z
    .array(z.string().regex(CHANNEL, 'must be a channel such as #millrace'))
    .min(1)
    .max(CONNECTOR_LIMITS.channels)
    .transform((channels) => distinct(channels)),
  /** IRCv3 capabilities to ask for, beside those that every connector asks for. */
  capabilities: z
    .array(z.string().regex(/^[A-Za-z0-9./_-]{1,100}$/, 'must be the name of a capability'))
    .max(CONNECTOR_LIMITS.capabilities)
    .default([]),
};

/** What may be shown and stored of an IRC connector. */
const publicSchema = z.strictObject(shape).transform(withPort);
export type IrcSettings = z.infer<typeof publicSchema>;

/** One element of `MILLRACE_IRC`: what has to stay on this machine and out of the log is said there only. */
export const configuredIrcSchema = z
  .strictObject({
    ...shape,
    password: z.optional(z.string().regex(PASSWORD, 'must be 1 to 400 characters on one line')),
    /** File with certificates in PEM that are trusted instead of the system's. */
    ca_file: z.optional(z.string().min(1)),
  })
  .transform(withPort);
export type ConfiguredIrc = z.infer<typeof configuredIrcSchema>;

/** `POST /api/connectors`. */
export const connectorInputSchema = z
  .strictObject({ kind: z.literal('irc'), ...shape })
  .transform(({ kind: _, ...settings }) => withPort(settings));

/** Two connectors with the same identity would bring every message twice. */
export function identityOf({ server, port, nick, channels }: IrcSettings): string {
  const names = channels.map((channel) => channel.toLowerCase()).toSorted();
  return JSON.stringify([server.toLowerCase(), port, nick.toLowerCase(), ...names]);
}

/** An id made of the server's name that none of `taken` has: `irc-libera-chat`. */
export function makeId({ server }: IrcSettings, taken: ReadonlySet<string>): string {
  const base = `irc-${server
    .toLowerCase()
    .replace(/^irc\./, '')
    .replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 56);
  const stem = base.replace(/-+$/, '');
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(id)) return id;
  }
}

function withPort<Settings extends { readonly port?: number | undefined; readonly tls: boolean }>(settings: Settings) {
  return { ...settings, port: settings.port ?? (settings.tls ? 6_697 : 6_667) };
}

/** Channels are the same in upper and lower case. */
function distinct(channels: readonly string[]): string[] {
  const seen = new Map(channels.map((channel) => [channel.toLowerCase(), channel]));
  return [...seen.values()];
}

/** A value of `MILLRACE_IRC` as an error may show it: of members, only those that are no secrets and not misspelt ones. */
export function withoutSecrets(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text, (key, value) => (/^\d*$/.test(key) || key in shape ? value : '***')));
  } catch {
    return text.replace(/((?:pass|secret|token|oauth)\w*["']?\s*[:=]\s*)(?:"[^"]*"?|'[^']*'?|[^\s,}\]]+)/gi, '$1***');
  }
}
