import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { ROLES, type Role } from '../engine/auth/principal.ts';
import { signToken } from '../engine/auth/sign-token.ts';
import { readConfig } from '../server/config.ts';
import { SETTINGS } from '../server/settings.ts';
import { loadTokenKeys } from '../server/token-keys.ts';
import { CommandFailure } from './failure.ts';

interface TokenFlags {
  readonly user: string;
  readonly role: readonly Role[];
  readonly project: readonly string[];
  readonly ttl: number;
  readonly dataDir?: string;
  readonly json?: true;
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MAX_TTL_MS = 366 * UNIT_MS.d;

/** `millrace token`: a token of the server whose data folder or secret this machine has. */
export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description('make a token for a user')
    .requiredOption('--user <id>', 'who it is for (claim sub)')
    .addOption(new Option('--role <role...>', 'what the user may do').choices(ROLES).default([]))
    .option('--project <id...>', 'projects the user belongs to; * for all', [] as string[])
    .option('--ttl <time>', 'how long it is good: 30s, 15m, 1h, 7d', parseTtl, UNIT_MS.h)
    .option('--data-dir <folder>', `folder of the server's data [${SETTINGS.dataDir.variable}]`)
    .option('--json', 'print an object with the token and what it says')
    .action(async (flags: TokenFlags) => {
      process.stdout.write(`${await makeToken(flags)}\n`);
    });
}

async function makeToken({ user, role, project, ttl, dataDir, json }: TokenFlags): Promise<string> {
  const folder = dataDir === undefined ? {} : { [SETTINGS.dataDir.variable]: dataDir };
  const config = readConfig({ ...process.env, ...folder });
  const keys = await loadTokenKeys(config).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(
      `no key to sign with: ${reason}. Start the server once, or set ${SETTINGS.jwtSecret.variable}`,
    );
  });
  if (keys.kind !== 'secret') {
    throw new CommandFailure(`${SETTINGS.jwksFile.variable} is set: tokens come from the issuer of those keys`);
  }
  const now = Date.now();
  const projects = project.includes('*') ? '*' : project;
  const token = await signToken(keys.secret, {
    sub: user,
    roles: role,
    projects,
    ttlMs: ttl,
    now,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });
  if (!json) return token;
  return JSON.stringify({ token, user, roles: role, projects, expires_at: new Date(now + ttl).toISOString() });
}

function parseTtl(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const ms = match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : 0;
  if (!(ms > 0 && ms <= MAX_TTL_MS))
    throw new InvalidArgumentError('It must be a time such as 15m, 1h or 7d, at most 366d.');
  return ms;
}
