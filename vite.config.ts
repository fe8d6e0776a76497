import type { IncomingMessage } from 'node:http';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type ProxyOptions } from 'vite';

const server = `http://127.0.0.1:${process.env.MILLRACE_PORT ?? '4000'}`;

/** A page and an API may share a path: what asks for HTML is the page, and comes from Vite. */
const api: ProxyOptions = {
  target: server,
  ws: true,
  bypass: (request: IncomingMessage) =>
    request.method === 'GET' && request.headers.accept?.includes('text/html') ? '/index.html' : undefined,
  // The proxy would keep a stream open whose server is gone; this ends it, so that its loss shows at once.
  configure: (proxy) => {
    proxy.on('proxyRes', (upstream, _request, response) => {
      upstream.once('close', () => upstream.complete || response.destroy());
    });
  },
};

export default defineConfig({
  publicDir: 'src/dashboard/public',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    // Nothing inline, so that the page needs neither `data:` nor `unsafe-inline` in its content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      [
        '/events',
        '/stream',
        '/hooks',
        '/reconciliation',
        '/audit',
        '/api',
        '/live',
        '/ws',
        '/auth',
        '/ops/stream',
        '/ops/chat',
        '/healthz',
        '/readyz',
        '/metrics',
      ].map((path) => [path, api]),
    ),
  },
});
