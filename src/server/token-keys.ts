import { randomBytes } from 'node:crypto';
import { access, link, readFile, unlink, writeFile } from 'node:fs/promises';
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

/** Made as a whole or not at all, also where two programs make it at once or the power fails. */
async function ownSecret(path: string): Promise<Uint8Array> {
  const draft = `${path}.${process.pid}`;
  try {
    await access(path);
  } catch {
    await writeFile(draft, randomBytes(SECRET_BYTES).toString('hex'), { mode: 0o600, flush: true });
    await link(draft, path).catch(rethrowUnlessThere);
    await unlink(draft);
  }
  const text = (await readFile(path, 'utf8')).trim();
  if (text.length < SECRET_BYTES) throw new Error(`${path} holds no secret: remove it and a new one is made`);
  return new TextEncoder().encode(text);
}

function rethrowUnlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
