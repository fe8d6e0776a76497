import { MillraceError } from '../protocol/errors.ts';

export interface RequestGuardOptions {
  /** Exact origins allowed beside the server's own (`MILLRACE_ALLOWED_ORIGINS`). */
  readonly allowedOrigins: readonly string[];
  /** On loopback a foreign `Host` means that somebody's DNS name points here (DNS rebinding). */
  readonly isLoopback: boolean;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Keeps other people's web pages from using a browser to reach this server. */
export class RequestGuard {
  readonly #allowed: ReadonlySet<string>;
  readonly #isLoopback: boolean;

  constructor({ allowedOrigins, isLoopback }: RequestGuardOptions) {
    this.#allowed = new Set(allowedOrigins);
    this.#isLoopback = isLoopback;
  }

  /**
   * Throws `invalid_request`, `misdirected_host` or `forbidden_origin`. Programs send no `Origin` and pass; browsers always send one where
   * it matters: on WebSockets and on requests that change something.
   */
  check(request: Request, url: URL): void {
    // Several are joined by commas; which of them a proxy goes by, nobody knows (RFC 9112, section 3.2).
    if (request.headers.get('host')?.includes(',')) {
      throw new MillraceError('invalid_request', 'the request names several hosts');
    }
    if (this.#isLoopback && !isLoopbackHost(url.hostname)) {
      throw new MillraceError('misdirected_host', `${url.hostname} is not a name of this server`);
    }
    const origin = request.headers.get('origin');
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const isUpgrade = request.headers.get('upgrade') !== null;
    if (origin === null || (isReading && !isUpgrade)) return;
    if (!this.isAllowed(origin, url)) {
      throw new MillraceError('forbidden_origin', `the origin ${origin} may not do this; see MILLRACE_ALLOWED_ORIGINS`);
    }
  }

  isAllowed(origin: string, url: URL): boolean {
    return origin === url.origin || this.#allowed.has(origin);
  }

  /** CORS headers for an origin on the list; none for anybody else. */
  corsHeaders(request: Request): Record<string, string> {
    const origin = request.headers.get('origin');
    if (origin === null || !this.#allowed.has(origin)) return {};
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after', vary: 'origin' };
  }
}
