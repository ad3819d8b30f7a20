// SPDX-License-Identifier: Apache-2.0
/** As much of RFC 6455 as the mock server needs: the handshake, text messages out, close and ping in. */
import { createHash } from 'node:crypto';

/**
 * Answers an upgrade request. The returned connection sends text; `onClose` is called once.
 * @param {import('node:http').IncomingMessage} request @param {import('node:stream').Duplex} socket @param {() => void} onClose
 */
export function acceptWebSocket(request, socket, onClose) {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  let open = true;
  const gone = () => {
    if (!open) return;
    open = false;
    onClose();
  };
  socket.on('close', gone);
  socket.on('error', gone);
  // A client sends nothing but control frames here; any close frame, or whatever we cannot read, ends the connection.
  socket.on('data', (/** @type {Buffer} */ data) => {
    if (((data[0] ?? 0) & 0x0f) === 8) socket.end();
  });
  return {
    /** @param {string} text */
    send(text) {
      if (!open) return;
      const body = Buffer.from(text);
      const head = body.length < 126 ? Buffer.from([0x81, body.length])
        : body.length < 65536 ? Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0]), Buffer.from(new Uint32Array([body.length]).buffer).reverse()]);
      socket.write(Buffer.concat([head, body]));
    },
    drop() {
      socket.destroy();
      gone();
    },
  };
}
