import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

interface StaticFile {
  readonly plain: Uint8Array<ArrayBuffer>;
  /** Compressed when it is first asked for, and kept. */
  readonly gzip: (() => Uint8Array<ArrayBuffer>) | undefined;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.json', 'application/json'],
  ['.webmanifest', 'application/manifest+json'],
  ['.woff2', 'font/woff2'],
]);
const COMPRESSIBLE: ReadonlySet<string> = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest']);

/** Vite puts a content hash into the names of these: they never change. */
const HASHED_FOLDER = '/assets/';

/** The built dashboard, held in memory: a few files. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  /** A folder that doesn't exist holds no files. */
  static async load(folder: string): Promise<StaticFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const files = await Promise.all(
      paths.map(async (path) => {
        const url = `/${relative(folder, path).split(sep).join('/')}`;
        return [url, describe(url, new Uint8Array(await readFile(path)))] as const;
      }),
    );
    return new StaticFiles(new Map(files));
  }

  /** The text of the file at a URL path, or `undefined`. */
  text(path: string): string | undefined {
    const file = this.#files.get(path);
    return file && new TextDecoder().decode(file.plain);
  }

  /** The file at a URL path, or `undefined`. */
  respond(path: string, request: Request, status = 200): Response | undefined {
    const file = this.#files.get(path);
    if (!file) return undefined;
    const isKnown = status === 200 && request.headers.get('if-none-match') === file.etag;
    if (isKnown) return new Response(null, { status: 304, headers: file.headers });
    const accepts = request.headers.get('accept-encoding') ?? '';
    if (!file.gzip || !accepts.includes('gzip')) return new Response(file.plain, { status, headers: file.headers });
    return new Response(file.gzip(), { status, headers: { ...file.headers, 'content-encoding': 'gzip' } });
  }
}

function describe(url: string, plain: Uint8Array<ArrayBuffer>): StaticFile {
  const extension = extname(url);
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  const headers = {
    'content-type': TYPES.get(extension) ?? 'application/octet-stream',
    'cache-control': url.startsWith(HASHED_FOLDER) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    vary: 'accept-encoding',
  };
  let packed: Uint8Array<ArrayBuffer> | undefined;
  const gzip = () => (packed ??= new Uint8Array(gzipSync(plain)));
  return { plain, etag, headers, gzip: COMPRESSIBLE.has(extension) ? gzip : undefined };
}
