import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The browser talks to this application only; what is Millrace's goes on to Millrace.
const target = process.env.MILLRACE_URL ?? 'http://127.0.0.1:4000';

/** Vite's proxy keeps a stream open whose server is gone; this ends it, so that its loss shows at once. */
function endWithServer(proxy) {
  proxy.on('proxyRes', (upstream, _request, response) => {
    upstream.once('close', () => upstream.complete || response.destroy());
  });
}

const proxy = {
  '/reconciliation': { target, configure: endWithServer },
  '/stream': { target, ws: true },
  '/audit': target,
};

// biome-ignore lint/style/noDefaultExport: Vite asks for it
export default defineConfig({
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
});
