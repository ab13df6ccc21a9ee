/** Build for the server's strict Content-Security-Policy: every script, style and worker is a file of its own. */
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/** Where `vite` finds the signaling server during development. */
const developmentServer = process.env['EARSHOT_DEV_SERVER'] ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    target: 'es2022',
    sourcemap: true,
    // Inlined assets would be data: URLs, and the polyfill an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The operator's page is built apart: shared chunks would make callers load what only it needs.
  builder: {},
  environments: {
    lab: {
      consumer: 'client',
      build: { emptyOutDir: false, rolldownOptions: { input: 'lab.html' } },
    },
  },
  // `RTCRtpScriptTransform` and module workers arrived together; no classic worker is needed.
  worker: { format: 'es' },
  server: {
    proxy: { '/socket.io': { target: developmentServer, ws: true } },
  },
});
