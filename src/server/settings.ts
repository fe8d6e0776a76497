import { realpathSync, statSync } from 'node:fs';
import * as z from 'zod';
import { configuredIrcSchema, identityOf, withoutSecrets } from '../surfaces/messages/connectors/irc/irc-settings.ts';
import { alertRulesSchema } from '../surfaces/ops/alerts/rule-settings.ts';

/** One variable of the environment, which `millrace serve` also takes as a flag. */
export interface Setting<Value> {
  readonly variable: `MILLRACE_${string}`;
  /** What is allowed, in words that finish "must be …". */
  readonly allowed: string;
  readonly about: string;
  readonly schema: z.ZodType<Value>;
  /** For values with secrets in them: what of the text may be shown, and with what was wrong in it. */
  readonly show?: (text: string) => string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const MIB = 1024 * 1024;

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const duration = (fallback: number, max = DAY_MS) => integer(10, max).default(fallback);
const durationWords = 'a whole number of milliseconds from 10 to 86400000';
const positiveWords = 'a whole number of at least 1';

function setting<Value>(
  name: string,
  schema: z.ZodType<Value>,
  words: Pick<Setting<Value>, 'allowed' | 'about' | 'show'>,
): Setting<Value> {
  return { variable: `MILLRACE_${name}`, schema, ...words };
}

/** Every setting with its default; names and meanings are CONTRACT's. */
export const SETTINGS = {
  host: setting('HOST', z.string().min(1).default('127.0.0.1'), {
    allowed: 'a host name or address',
    about: 'address to listen on',
  }),
  port: setting('PORT', integer(0, 65_535).default(4_000), {
    allowed: 'a whole number from 0 to 65535',
    about: 'port to listen on; 0 picks a free one',
  }),
  dataDir: setting('DATA_DIR', z.string().min(1).default('./data'), {
    allowed: 'a folder',
    about: 'folder that holds millrace.db',
  }),
  allowedOrigins: setting(
    'ALLOWED_ORIGINS',
    z
      .string()
      .default('')
      .transform(splitList)
      .pipe(z.array(z.string().regex(/^https?:\/\/[^/]+$/))),
    {
      allowed: 'a comma-separated list of origins such as https://dash.example.org',
      about: 'origins beside the own one whose pages may connect',
    },
  ),
  trustedNetwork: setting(
    'TRUSTED_NETWORK',
    z
      .enum(['0', '1'])
      .default('0')
      .transform((text) => text === '1'),
    {
      allowed: '0 or 1',
      about: 'everybody who reaches the address may read and write',
    },
  ),
  jwtSecret: setting(
    'JWT_SECRET',
    z
      .string()
      .refine((text) => Buffer.byteLength(text) >= 32, 'it is too short')
      .optional(),
    {
      allowed: 'at least 32 bytes',
      about: 'secret that tokens are signed with (HS256); default: made at the first start',
      show: () => 'hidden',
    },
  ),
  jwksFile: setting('JWKS_FILE', z.string().min(1).optional(), {
    allowed: 'a file with a JSON Web Key Set',
    about: 'public keys of the issuer of tokens, instead of a secret',
  }),
  jwtIssuer: setting('JWT_ISSUER', z.string().min(1).optional(), {
    allowed: 'the text of the claim iss',
    about: 'issuer that tokens must name',
  }),
  jwtAudience: setting('JWT_AUDIENCE', z.string().min(1).optional(), {
    allowed: 'the text of the claim aud',
    about: 'audience that tokens must name',
  }),
  maxConnectionsPerUser: setting('MAX_CONNECTIONS_PER_USER', integer(1, 1_000_000).default(5), {
    allowed: 'a whole number from 1 to 1000000',
    about: 'private streams of one user at a time; a newer one ends the oldest',
  }),
  maxConnectionsPerProject: setting('MAX_CONNECTIONS_PER_PROJECT', integer(1, 1_000_000).default(50), {
    allowed: 'a whole number from 1 to 1000000',
    about: 'streams of one project at a time; more are refused',
  }),
  maxConnections: setting('MAX_CONNECTIONS', integer(1, 10_000_000).optional(), {
    allowed: positiveWords,
    about: 'streaming connections at a time; default from memory',
  }),
  wsPingMs: setting('WS_PING_MS', duration(30_000), { allowed: durationWords, about: 'interval of WebSocket pings' }),
  wsPongTimeoutMs: setting('WS_PONG_TIMEOUT_MS', duration(10_000), {
    allowed: durationWords,
    about: 'time in which a pong must come',
  }),
  sseHeartbeatMs: setting('SSE_HEARTBEAT_MS', duration(15_000), {
    allowed: durationWords,
    about: 'interval of heartbeats inside a stream',
  }),
  staleAfterMs: setting('STALE_AFTER_MS', integer(1_000, DAY_MS).default(15_000), {
    allowed: 'a whole number of milliseconds from 1000 to 86400000',
    about: 'a service with no report for this long is stale',
  }),
  selfCheckMs: setting(
    'SELF_CHECK_MS',
    integer(0, DAY_MS)
      .refine((ms) => ms === 0 || ms >= 100)
      .default(5_000),
    {
      allowed: '0 or a whole number of milliseconds from 100 to 86400000',
      about: 'interval of the checks of the own figures; 0 turns them off',
    },
  ),
  retentionDays: setting('RETENTION_DAYS', integer(1, 36_500).default(30), {
    allowed: 'a whole number from 1 to 36500',
    about: 'days that events are kept',
  }),
  retentionEvents: setting('RETENTION_EVENTS', integer(1, 1e12).default(10_000_000), {
    allowed: positiveWords,
    about: 'events that are kept',
  }),
  retentionMb: setting('RETENTION_MB', integer(1, 1e9).default(4_096), {
    allowed: positiveWords,
    about: 'MiB that the database may use',
  }),
  ingestMaxBytes: setting('INGEST_MAX_BYTES', integer(1_024, 1_024 * MIB).default(MIB), {
    allowed: 'a whole number from 1024 to 1073741824',
    about: 'bytes of one request',
  }),
  ingestQueue: setting('INGEST_QUEUE', integer(1, 10_000_000).default(10_000), {
    allowed: positiveWords,
    about: 'events that may wait to be stored',
  }),
  irc: setting(
    'IRC',
    z
      .string()
      .default('[]')
      .transform(parseJson)
      .pipe(z.array(configuredIrcSchema).max(50))
      .refine(areDistinct, 'two of them have the same id, or the same server, nick and channels'),
    {
      allowed:
        'a JSON array such as [{"server":"irc.libera.chat","tls":true,"nick":"millrace","channels":["#millrace"]}]',
      about: 'IRC servers and channels to read along, as a JSON array',
      show: withoutSecrets,
    },
  ),
  alertRules: setting('ALERT_RULES', z.string().default('[]').transform(parseJson).pipe(alertRulesSchema), {
    allowed:
      'a JSON array such as [{"code":"agent-stopped","when":[{"type":"observability.recorded","where":[{"path":"event_type","op":"eq","value":"StopFailure"}]}]}]',
    about: 'rules that raise alerts beside the built-in ones, as a JSON array',
    show: (text) => text,
  }),
  projectsRoot: setting('PROJECTS_ROOT', z.string().min(1).transform(realFolder).optional(), {
    allowed: 'a folder that is there',
    about: 'folder whose folders with an openspec/ folder are projects',
  }),
  validator: setting(
    'VALIDATOR',
    z
      .string()
      .transform(parseJson)
      .pipe(
        z
          .array(z.string().regex(/^[^\0]*$/))
          .min(1)
          .max(100),
      )
      .refine(([program]) => program !== '' && program !== undefined, 'the program has no name')
      .optional(),
    {
      allowed: 'a JSON array of a program and its arguments such as ["openspec","validate","--strict","--","{id}"]',
      about: 'what validates a proposal, as a JSON array; {id} is its name, {json} asks for JSON',
      show: (text) => text,
    },
  ),
  validatorLimitMs: setting('VALIDATOR_LIMIT_MS', duration(60_000), {
    allowed: durationWords,
    about: 'time after which a validation is ended',
  }),
  modelBaseUrl: setting('MODEL_BASE_URL', z.url({ protocol: /^https?$/ }).optional(), {
    allowed: 'an http or https URL such as http://127.0.0.1:11434/v1',
    about: 'OpenAI-compatible server of the model; without it nothing can be iterated or asked',
  }),
  model: setting('MODEL', z.string().min(1).optional(), { allowed: 'a name', about: 'model to ask for' }),
  modelApiKey: setting('MODEL_API_KEY', z.string().min(1).optional(), {
    allowed: 'a key',
    about: 'key for the server of the model',
    show: () => '***',
  }),
  logLevel: setting(
    'LOG_LEVEL',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    {
      allowed: 'trace, debug, info, warn, error, fatal or silent',
      about: 'how much is logged',
    },
  ),
} as const;

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('it is not JSON');
    return z.NEVER;
  }
}

/** With its links resolved: below it none is followed. */
function realFolder(path: string, context: z.RefinementCtx): string {
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch {
    // What can't be looked at is no folder for the server either.
  }
  context.addIssue('it is no folder');
  return z.NEVER;
}

function areDistinct(connectors: readonly z.infer<typeof configuredIrcSchema>[]): boolean {
  const ids = connectors.flatMap(({ id }) => id ?? []);
  const identities = connectors.map(identityOf);
  return new Set(ids).size === ids.length && new Set(identities).size === identities.length;
}
