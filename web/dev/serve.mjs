// SPDX-License-Identifier: Apache-2.0
/** `npm run dev`: Vite with hot reload in front of the mock, or of a real server named in LK_API. */
import { createServer } from 'vite';
import { startMock } from './mock.mjs';

if (!process.env['LK_API']) {
  const mock = await startMock();
  process.env['LK_API'] = `http://127.0.0.1:${mock.port}`;
}
const vite = await createServer({ root: new URL('..', import.meta.url).pathname });
await vite.listen();
vite.printUrls();
console.log(`  the interface is at ${process.env['LK_API']}`);
