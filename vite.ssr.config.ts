import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The dashboard as the server renders it: one module with everything in it, React as for production. */
export default defineConfig({
  publicDir: false,
  plugins: [react()],
  define: { 'process.env.NODE_ENV': '"production"' },
  ssr: { noExternal: true },
  build: {
    ssr: 'src/dashboard/render.tsx',
    outDir: 'dist/ssr',
    emptyOutDir: true,
    target: 'es2023',
    rolldownOptions: { output: { entryFileNames: 'render.js', codeSplitting: false } },
  },
});
