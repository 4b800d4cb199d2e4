import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createTransport,
  readText,
  type TransportOptions,
  type WireRequest,
} from '../../src/genesys/http/transport.js';
import { startServer } from './api-server.js';

const textBytesMax = 1_500;
const neverAborted = new AbortController().signal;

function open(options: Partial<TransportOptions> = {}) {
  const transport = createTransport({ timeoutMs: 5_000, userAgent: 'test', ...options });
  onTestFinished(() => transport.close());
  return {
    exchange: (request: WireRequest) => transport.exchange(request, (response) => readText(response, textBytesMax)),
  };
}

function get(url: string, signal = neverAborted) {
  return { url, method: 'GET', headers: {}, signal };
}

describe('a body', () => {
  test('of any status comes as text', async () => {
    const server = await startServer(() => ({ status: 502, body: '<html>', headers: { 'X-Thing': 'a' } }));
    const answer = await open().exchange(get(server.url));
    expect(answer).toMatchObject({ status: 502, text: '<html>', bytes: 6 });
    expect(answer.headers['x-thing']).toBe('a');
  });

  test('larger than the bound is refused, packed or not', async () => {
    const plain = await startServer(() => ({ body: 'x'.repeat(2_000) }));
    const bomb = await startServer(() => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync('x'.repeat(1_000_000)),
    }));
    const transport = open();
    for (const { url } of [plain, bomb]) {
      await expect(transport.exchange(get(url))).rejects.toHaveProperty('code', 'BODY_TOO_LARGE');
    }
  });

  test('whose packing ends early is an error that can be tried again', async () => {
    const packed = gzipSync(JSON.stringify({ conversations: 'abc'.repeat(100) }));
    const server = await startServer(() => ({
      headers: { 'content-encoding': 'gzip' },
      body: packed.subarray(0, packed.length - 20),
    }));
    await expect(open().exchange(get(server.url))).rejects.toHaveProperty('code', 'Z_BUF_ERROR');
  });

  test('that drips in without end is cut off', async () => {
    const server = http.createServer((_, outgoing) => {
      const timer = setInterval(() => outgoing.write('x'), 20);
      outgoing.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(open({ timeoutMs: 100 }).exchange(get(url))).rejects.toHaveProperty('code', 'UND_ERR_BODY_TIMEOUT');
  });
});

test('an exchange ends with the signal’s reason', async () => {
  const server = await startServer(() => ({ fault: 'silence' }));
  const controller = new AbortController();
  const call = open().exchange(get(server.url, controller.signal));
  controller.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
});

test('connections are used again', async () => {
  const server = await startServer(() => ({ body: {} }));
  const transport = open();
  for (let n = 0; n < 10; n += 1) await transport.exchange(get(server.url));
  // The pool may open a second one while the first is still being released.
  expect(new Set(server.seen.map((request) => request.clientPort)).size).toBeLessThanOrEqual(2);
});
