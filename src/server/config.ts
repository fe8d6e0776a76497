import { issuesOf, issueText } from '../engine/http/issues.ts';
import { isLoopbackHost } from '../engine/request-guard.ts';
import { SETTINGS, type Setting } from './settings.ts';

type SettingName = keyof typeof SETTINGS;

/** The checked configuration; see CONTRACT, "Configuration", for units and defaults. */
export type Config = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

/** A value that stops the start; the message is the one line shown. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Variables that start with this are Millrace's; one that no setting knows is most likely misspelt. */
const PREFIX = 'MILLRACE_';

/** Reads the configuration from environment variables. Throws a {@link ConfigError} naming the first wrong one. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const entries = Object.entries(SETTINGS).map(([name, setting]) => [name, readSetting(setting, environment)]);
  const config = Object.fromEntries(entries) as Config;
  const hasKey = config.jwtSecret !== undefined || config.jwksFile !== undefined;
  if (!isLoopbackHost(config.host) && !config.trustedNetwork && !hasKey) {
    throw new ConfigError(
      `MILLRACE_HOST is "${config.host}": an address other than loopback needs a key for tokens (MILLRACE_JWT_SECRET or ` +
        'MILLRACE_JWKS_FILE), or --trusted-network if everybody who reaches it may read and write',
    );
  }
  if (config.jwtSecret !== undefined && config.jwksFile !== undefined) {
    throw new ConfigError('MILLRACE_JWT_SECRET and MILLRACE_JWKS_FILE are both set: tokens have one kind of key');
  }
  return config;
}

/** Variables of Millrace that no setting knows. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set<string>(Object.values(SETTINGS).map(({ variable }) => variable));
  return Object.keys(environment).filter((name) => name.startsWith(PREFIX) && !known.has(name));
}

function readSetting(setting: Setting<unknown>, environment: Readonly<Record<string, string | undefined>>): unknown {
  const text = environment[setting.variable];
  // An empty variable is how shells and compose files say "not set".
  const parsed = setting.schema.safeParse(text === '' ? undefined : text, { reportInput: true });
  if (parsed.success) return parsed.data;
  const { variable, allowed, show } = setting;
  if (show === undefined) throw new ConfigError(`${variable} is ${JSON.stringify(text)}: it must be ${allowed}`);
  const reason = issueText(issuesOf(parsed.error));
  throw new ConfigError(`${variable} is ${JSON.stringify(show(text ?? ''))}: ${reason}; it must be ${allowed}`);
}

/** Whether nobody reads without a token: on every address but loopback, unless the network is trusted. */
export function needsToken({ host, trustedNetwork }: Pick<Config, 'host' | 'trustedNetwork'>): boolean {
  return !isLoopbackHost(host) && !trustedNetwork;
}
