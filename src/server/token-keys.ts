import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenKeys } from '../engine/auth/token-verifier.ts';
import type { Config } from './config.ts';

const SECRET_BYTES = 32;

/** The keys that are configured, else a secret that is made once and kept in the data folder for its owner alone. */
export async function loadTokenKeys({
  jwtSecret,
  jwksFile,
  dataDir,
}: Pick<Config, 'jwtSecret' | 'jwksFile' | 'dataDir'>): Promise<TokenKeys> {
  if (jwksFile !== undefined) return { kind: 'jwks', path: jwksFile };
  if (jwtSecret !== undefined) return { kind: 'secret', secret: new TextEncoder().encode(jwtSecret) };
  return { kind: 'secret', secret: await ownSecret(join(dataDir, 'jwt-secret')) };
}

async function ownSecret(path: string): Promise<Uint8Array> {
  try {
    await writeFile(path, randomBytes(SECRET_BYTES).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw error;
  }
  const text = (await readFile(path, 'utf8')).trim();
  if (text.length < SECRET_BYTES) throw new Error(`${path} holds no secret: remove it and a new one is made`);
  return new TextEncoder().encode(text);
}
