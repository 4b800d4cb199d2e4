import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { createLog, silentLog } from '../../src/lib/log.js';
import { type Service, startService, startServiceUnlessTaken } from '../../src/service/http-server.js';
import { plain, type Route } from '../../src/service/routes.js';

const host = '127.0.0.1';
const echo: Route = {
  method: 'POST',
  path: '/echo',
  bodyBytesMax: 16,
  handle: ({ body }) => plain(200, body.toString()),
};
const hello: Route = { method: 'GET', path: '/hello', handle: ({ query }) => plain(200, `hello ${query.get('who')}`) };

const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

async function serve(...routes: Route[]): Promise<{ service: Service; url: string }> {
  const service = await startService({ host, port: 0, routes, log: silentLog() });
  services.push(service);
  return { service, url: `http://${host}:${service.port}` };
}

async function answerOf(url: string, init?: RequestInit): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, init);
  return { status: answer.status, text: await answer.text() };
}

describe('the service port', () => {
  test('answers a route, also to HEAD, with a text that ends in a line end', async () => {
    const { url } = await serve(hello, echo);
    expect(await answerOf(`${url}/hello?who=you`)).toEqual({ status: 200, text: 'hello you\n' });
    expect(await answerOf(`${url}/hello`, { method: 'HEAD' })).toEqual({ status: 200, text: '' });
    expect(await answerOf(`${url}/echo`, { method: 'POST', body: 'abc' })).toEqual({ status: 200, text: 'abc\n' });
  });

  test('says in one sentence what is not there, not allowed or too large', async () => {
    const { url } = await serve(hello, echo);
    expect(await answerOf(`${url}/nothing`)).toEqual({
      status: 404,
      text: 'Not found. Available: /hello, /echo.\n',
    });
    const wrong = await fetch(`${url}/echo`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await answerOf(`${url}/hello`, { method: 'POST', body: 'x' })).status).toBe(405);
    const large = await answerOf(`${url}/echo`, { method: 'POST', body: 'x'.repeat(17) });
    expect(large).toEqual({ status: 413, text: 'The body is larger than the 16 bytes that are read here.\n' });
    expect((await answerOf(`${url}/echo`, { method: 'POST', body: 'x'.repeat(16) })).status).toBe(200);
  });

  test('refuses a body of unknown length as soon as it is too long', async () => {
    const { url } = await serve(echo);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(65_536));
        if (sent > 1_000) controller.close();
      },
    });
    const asked = fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    const status = await asked.then(
      (answer) => answer.status,
      () => 'cut',
    );
    expect(status).toBeOneOf([413, 'cut']);
    expect(sent).toBeLessThan(1_000);
  });

  test('reports why a handler failed only to the log', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', terminal: false, destination: { write: (line) => lines.push(line) } });
    const broken: Route = { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('inner matter')) };
    const service = await startService({ host, port: 0, routes: [broken], log });
    services.push(service);
    const { status, text } = await answerOf(`http://${host}:${service.port}/broken`);
    expect(status).toBe(500);
    expect(text).not.toContain('inner matter');
    expect(lines.join()).toContain('inner matter');
  });

  test('closes with a client that sends nothing, one that reads nothing and a handler that never ends', async () => {
    const stuck: Route = { method: 'GET', path: '/stuck', handle: () => new Promise(() => {}) };
    const { service, url } = await serve(stuck, hello);
    const silent = createConnection(service.port, host);
    await once(silent, 'connect');
    const asking = fetch(`${url}/stuck`).then(
      (answer) => answer.status,
      () => 'cut',
    );
    await answerOf(`${url}/hello`);
    await service.close();
    expect(await asking).toBeOneOf([503, 'cut']);
    silent.destroy();
    await expect(fetch(`${url}/hello`)).rejects.toThrow();
  });

  test('a port that is in use is an error of one sentence when it was configured, and otherwise a warning', async () => {
    const { service } = await serve(hello);
    const lines: string[] = [];
    const log = createLog({ level: 'info', terminal: false, destination: { write: (line) => lines.push(line) } });
    const options = { host, port: service.port, routes: [], log };
    await expect(startServiceUnlessTaken({ ...options, isPortGiven: true })).rejects.toThrow(UsageError);
    await expect(startServiceUnlessTaken({ ...options, isPortGiven: true })).rejects.toThrow(/is in use; choose/);
    expect(await startServiceUnlessTaken({ ...options, isPortGiven: false })).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('Continuing without it');
    await expect(startServiceUnlessTaken({ ...options, host: '192.0.2.1', isPortGiven: true })).rejects.toThrow(
      /not an address of this machine/,
    );
  });

  test('a header that never ends and a request that is not HTTP are refused', async () => {
    const { service } = await serve(hello);
    const socket = createConnection(service.port, host);
    socket.write(`GET /hello HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`);
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1.1 431/);
    socket.destroy();
  });
});
