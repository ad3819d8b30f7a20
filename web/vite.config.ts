// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/**
 * Puts the page also at tenant/index.html, so that /tenant is answered by any server of static files, whether or not
 * it falls back to index.html for addresses that it does not know.
 */
function tenantAddress(): Plugin {
  return {
    name: 'latchkey-tenant-address',
    apply: 'build',
    closeBundle() {
      const dist = resolve(__dirname, 'dist');
      mkdirSync(resolve(dist, 'tenant'), { recursive: true });
      copyFileSync(resolve(dist, 'index.html'), resolve(dist, 'tenant', 'index.html'));
    },
  };
}

export default defineConfig({
  plugins: [tenantAddress()],
  // Nothing is inlined as data: addresses, so that the server may send `Content-Security-Policy: default-src 'self'`.
  build: { target: 'es2021', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  server: { host: '127.0.0.1', proxy: { '/api': { target: process.env['LK_API'] ?? 'http://127.0.0.1:8080', ws: true } } },
  test: { environment: 'node', include: ['src/**/*.test.ts', 'dev/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0]);
