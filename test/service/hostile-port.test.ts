import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createConnection, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog, silentLog } from '../../src/lib/log.js';
import { peerGroup } from '../../src/service/connections.js';
import { type Service, type ServiceOptions, startService } from '../../src/service/http-server.js';
import { type Mount, plain, type Route } from '../../src/service/routes.js';
import { until } from './support.js';

const host = '127.0.0.1';
const health: Route = { method: 'GET', path: '/healthz', handle: () => plain(200, 'ok') };
const metrics: Route = { method: 'GET', path: '/metrics', handle: () => plain(200, 'figures') };
const upload: Route = { method: 'POST', path: '/upload', bodyBytesMax: 16, handle: () => plain(200, 'read') };

const services: Service[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const service of services.splice(0)) await service.close();
});

async function serve(options: Partial<ServiceOptions>): Promise<{ port: number; url: string }> {
  const service = await startService({ host, port: 0, routes: [health], log: silentLog(), ...options });
  services.push(service);
  return { port: service.port, url: `http://${host}:${service.port}` };
}

/** Opens a connection that sends `text` and then nothing more. */
async function hold(port: number, text = ''): Promise<Socket> {
  const socket = createConnection(port, host);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

/** The whole answer to bytes sent as they are. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = connect(port, host);
  socket.write(text);
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** Status by target and `Host`, neither of which `fetch` would send as it is. */
function statusOf(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host, port, path, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('connections that somebody holds open', () => {
  const limits = { connectionsMax: 12, connectionsPerAddressMax: 8 };

  test('do not keep a health check from being answered, whatever they have sent', async () => {
    const { port, url } = await serve({ routes: [health, upload], limits });
    for (const text of ['', 'GET /healthz HTTP/1.1\r\nHost: ', 'POST /upload HTTP/1.1\r\nHost: x\r\nContent-Le'])
      for (let count = 0; count < 20; count += 1) await hold(port, text);
    for (let count = 0; count < 20; count += 1)
      await hold(port, 'POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nslo');
    const answer = await fetch(`${url}/healthz`, { headers: { connection: 'close' } });
    expect([answer.status, await answer.text()]).toEqual([200, 'ok\n']);
  });

  test('are closed to make room, the longest idle first, and one line of the log says whose and how many', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', terminal: false, destination: { write: (line) => lines.push(line) } });
    const { port } = await serve({ limits, log });
    const first = await hold(port);
    const isClosed = once(first, 'close');
    for (let count = 0; count < 11; count += 1) await hold(port);
    await isClosed;
    await services.splice(0)[0]?.close();
    const events = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('Connection limit'));
    expect(events[0]).toMatchObject({ level: 'warn', addresses: [host], idleClosed: 1, refused: 0 });
    expect(events.reduce((sum, { idleClosed }) => sum + idleClosed, 0)).toBe(4);
    expect(events.length).toBeLessThanOrEqual(2);
  });

  test('are cut soon after the header time is over, without anybody else coming', async () => {
    const { port } = await serve({ limits: { headersMsMax: 200, checkMs: 50 } });
    const silent = await hold(port);
    const half = await hold(port, 'GET /healthz HTTP/1.1\r\nHo');
    silent.resume();
    half.resume();
    await Promise.all([once(silent, 'close'), once(half, 'close')]);
  });

  test('whose answers are being made are not closed for a newcomer, who is refused instead', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    const slow: Route = {
      method: 'GET',
      path: '/slow',
      handle: () => {
        begun += 1;
        return gate.then(() => plain(200, 'done'));
      },
    };
    const { port, url } = await serve({ routes: [slow], limits: { connectionsMax: 4, connectionsPerAddressMax: 4 } });
    const pending = [1, 2, 3, 4].map(() => fetch(`${url}/slow`).then((answer) => answer.text()));
    await until(() => begun === 4);
    expect(await statusOf(port, '/slow').catch(() => 'refused')).toBe('refused');
    release();
    expect(await Promise.all(pending)).toEqual(['done\n', 'done\n', 'done\n', 'done\n']);
  });

  test('one IPv6 network counts as one client, and an IPv4 address is the same in both notations', () => {
    expect(peerGroup('2001:db8:0:7::1')).toBe(peerGroup('2001:db8:0:7:ffff::2'));
    expect(peerGroup('2001:db8::1')).toBe(peerGroup('2001:db8:0:0:5::1'));
    expect(peerGroup('2001:db8:0:7::1')).not.toBe(peerGroup('2001:db8:0:8::1'));
    expect(peerGroup('::1')).toBe('0:0:0:0::/64');
    expect(peerGroup('::ffff:192.0.2.7')).toBe(peerGroup('192.0.2.7'));
  });
});

describe('an address', () => {
  test('with dot segments, plain or encoded, is refused instead of resolved', async () => {
    const { port } = await serve({ routes: [health, metrics] });
    for (const path of [
      '/x/../metrics',
      '/%2e%2e/metrics',
      '/.%2E/metrics',
      '/./metrics',
      '/x/..',
      '/x\\..\\metrics',
      '/x%2f..%2fmetrics',
      '/x/..%5cmetrics',
      '//metrics',
      'metrics',
      'http://127.0.0.1/metrics',
    ])
      expect([path, await statusOf(port, path)]).toEqual([path, 400]);
    expect(await statusOf(port, '/metrics?x=/../y')).toBe(200);
    expect(await statusOf(port, '/..metrics')).toBe(404);
  });
});

describe('the Host header', () => {
  test('may be an IP address, localhost or the configured host; any other name is refused', async () => {
    const { port } = await serve({ routes: [metrics] });
    for (const name of ['127.0.0.1', '10.1.2.3:8484', '[::1]', '[2001:db8::1]:8484', 'localhost:9', 'LOCALHOST.'])
      expect([name, await statusOf(port, '/metrics', { host: name })]).toEqual([name, 200]);
    for (const name of ['evil.example.com', 'localhost.evil.example.com', '127.0.0.1.evil.com', 'x@localhost'])
      expect([name, await statusOf(port, '/metrics', { host: name })]).toEqual([name, 421]);
  });

  test('may be a name that is listed, exactly or by its domain', async () => {
    const { port } = await serve({ routes: [metrics], names: ['Metrics.example.com', '*.svc.cluster.local'] });
    for (const name of ['metrics.example.com', 'warehouse.monitoring.svc.cluster.local:8484'])
      expect([name, await statusOf(port, '/metrics', { host: name })]).toEqual([name, 200]);
    for (const name of ['example.com', 'svc.cluster.local', 'xsvc.cluster.local', 'a.metrics.example.com'])
      expect([name, await statusOf(port, '/metrics', { host: name })]).toEqual([name, 421]);
    const open = await serve({ routes: [metrics], names: ['*'] });
    expect(await statusOf(open.port, '/metrics', { host: 'anything.example.com' })).toBe(200);
  });

  test('that is refused is logged once with the variable that lists names', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', terminal: false, destination: { write: (line) => lines.push(line) } });
    const { port } = await serve({ log });
    for (let count = 0; count < 3; count += 1) await statusOf(port, '/healthz', { host: 'evil.example.com' });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ host: 'evil.example.com' });
    expect(lines[0]).toContain('GENESYS_WAREHOUSE_SERVICE_NAMES');
  });

  test('may be absent in HTTP/1.0 only, which no browser speaks', async () => {
    const { port } = await serve({});
    expect(await answerTo(port, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/);
    expect(await answerTo(port, 'GET /healthz HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    const empty = 'GET /healthz HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n';
    expect(await answerTo(port, empty)).toMatch(/^HTTP\/1\.1 421/);
  });
});

describe('a handler mounted under a prefix', () => {
  const echo: Mount = {
    prefix: '/page',
    methods: ['GET', 'POST'],
    bodyBytesMax: 8,
    fetch: async (asked, peer) => {
      const { pathname, search } = new URL(asked.url);
      const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'private' });
      headers.append('set-cookie', 'a=1');
      headers.append('set-cookie', 'b=2');
      const said = { method: asked.method, pathname, search, peer, body: await asked.text() };
      return new Response(JSON.stringify(said), { status: 201, headers });
    },
  };

  test('gets what is at and below it as a Fetch request, and its Response goes out with safe defaults', async () => {
    const { url } = await serve({ mounts: [echo] });
    const answer = await fetch(`${url}/page/a%20b?q=1`, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({
      method: 'POST',
      pathname: '/page/a%20b',
      search: '?q=1',
      peer: { remoteAddress: host },
      body: 'x',
    });
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.headers.get('cache-control')).toBe('private');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const head = await fetch(`${url}/page`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([201, '']);
  });

  test('is guarded like a route: methods, size of the body, dot segments, Host', async () => {
    const { port, url } = await serve({ mounts: [echo] });
    expect((await fetch(`${url}/page`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}/page`, { method: 'POST', body: '123456789' })).status).toBe(413);
    expect((await fetch(`${url}/pages`)).status).toBe(404);
    expect(await statusOf(port, '/page/../healthz')).toBe(400);
    expect(await statusOf(port, '/page', { host: 'evil.example.com' })).toBe(421);
  });

  test('at / takes what no route and no longer prefix takes', async () => {
    const root: Mount = { prefix: '/', methods: ['GET'], fetch: () => new Response('root') };
    const page: Mount = { prefix: '/page', methods: ['GET'], fetch: () => new Response('page') };
    const { url } = await serve({ mounts: [root, page] });
    const textAt = async (path: string) => (await fetch(`${url}${path}`)).text();
    expect([await textAt('/healthz'), await textAt('/page/x'), await textAt('/other')]).toEqual([
      'ok\n',
      'page',
      'root',
    ]);
  });

  test('that throws or never ends is answered without its reason, and a stream that a client leaves is cancelled', async () => {
    let cancelled = () => {};
    const isCancelled = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const endless = () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        cancel: () => cancelled(),
      });
    const mount: Mount = {
      prefix: '/m',
      methods: ['GET'],
      answerMsMax: 200,
      fetch: (asked) => {
        if (asked.url.endsWith('/throw')) throw new Error('inner matter');
        return asked.url.endsWith('/stream') ? new Response(endless()) : new Promise(() => {});
      },
    };
    const { url } = await serve({ mounts: [mount] });
    const broken = await fetch(`${url}/m/throw`);
    expect([broken.status, (await broken.text()).includes('inner')]).toEqual([500, false]);
    expect((await fetch(`${url}/m/never`)).status).toBe(503);
    await expect(fetch(`${url}/m/stream`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    await isCancelled;
  });
});
