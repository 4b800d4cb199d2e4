import { afterEach, describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.js';
import type { Client } from './server-client.js';
import { clientOf, login, reply, startWithClient } from './server-client.js';

const me = '/api/v2/organizations/me';
const query = '/api/v2/analytics/conversations/details/query';
const day = '2026-01-05T00:00:00Z/2026-01-06T00:00:00Z';

let client: Client;
afterEach(() => client.sandbox.close());

describe('logging in', () => {
  test('gives a bearer token with its lifetime', async () => {
    client = await startWithClient({ tokenLifetimeSeconds: 600 });
    const { status, body } = await login(client.sandbox);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 600 });
  });

  test('with a wrong secret is refused in the shape of OAuth, not of the API', async () => {
    client = await startWithClient();
    const { status, body } = await login(client.sandbox, 'sandbox', 'wrong');
    expect(status).toBe(401);
    expect(body).toEqual({
      error: 'invalid_client',
      description: expect.any(String),
      error_description: expect.any(String),
    });
  });

  test('with another grant is refused with 400', async () => {
    client = await startWithClient();
    const other = await reply(`${client.sandbox.url}/oauth/token`, 'POST', 'grant_type=password');
    expect([other.status, other.body.error]).toEqual([400, 'unsupported_grant_type']);
  });
});

describe('a request', () => {
  test('without a token, with a wrong one or with a revoked one is refused with 401', async () => {
    client = await startWithClient();
    const without = await reply(`${client.sandbox.url}${me}`, 'GET');
    expect([without.status, without.body.code]).toEqual([401, 'authentication.required']);
    const wrong = await reply(`${client.sandbox.url}${me}`, 'GET', undefined, { authorization: 'Bearer nonsense' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'bad.credentials']);
    client.sandbox.revokeTokens();
    expect((await client.get(me)).status).toBe(401);
    expect((await (await clientOf(client.sandbox)).get(me)).status).toBe(200);
  });

  test('carries a correlation id that is the contextId of its error', async () => {
    client = await startWithClient();
    const { headers, body } = await client.get('/api/v2/users/nobody');
    expect(body).toMatchObject({ code: 'not.found', status: 404 });
    expect(headers['inin-correlation-id']).toBe(body.contextId);
  });

  test('to an unknown endpoint is a 404 that the log remembers as unknown', async () => {
    client = await startWithClient();
    expect((await client.get('/api/v2/nothing/here')).body.code).toBe('not.found');
    expect(client.sandbox.requests().at(-1)).toMatchObject({
      path: '/api/v2/nothing/here',
      status: 404,
      unknown: true,
    });
  });

  test('beyond the rate is refused with 429 and a Retry-After, and served in the next window', async () => {
    client = await startWithClient({ requestsPerMinute: 2, rateWindowMs: 1_000 });
    const first = await client.get(me);
    expect(first.headers).toMatchObject({
      'inin-ratelimit-count': '1',
      'inin-ratelimit-allowed': '2',
      'inin-ratelimit-reset': '1',
    });
    await client.get(me);
    const refused = await client.get(me);
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      429,
      'too.many.requests',
      '1',
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await client.get(me)).status).toBe(200);
  });

  test('over 512,000 bytes is refused with 413', async () => {
    client = await startWithClient();
    const { status, body } = await client.post(query, { interval: day, more: 'x'.repeat(512_000) });
    expect([status, body.status]).toEqual([413, 413]);
  });

  test('that is not JSON is refused with 400', async () => {
    client = await startWithClient();
    expect((await client.send('POST', query, '{')).body.code).toBe('bad.request');
  });

  test('for gzip gets large answers compressed unless that is switched off', async () => {
    client = await startWithClient();
    const asked = { 'accept-encoding': 'gzip' };
    const body = JSON.stringify({ interval: day, paging: { pageSize: 100, pageNumber: 1 } });
    expect((await client.send('POST', query, body, asked)).headers['content-encoding']).toBe('gzip');
    expect((await client.send('GET', me, undefined, asked)).headers).not.toHaveProperty('content-encoding');
    await client.sandbox.close();
    client = await startWithClient({ gzip: false });
    expect((await client.send('POST', query, body, asked)).headers).not.toHaveProperty('content-encoding');
  });
});

describe('the request log', () => {
  test('keeps what was asked, never credentials, and forgets the oldest', async () => {
    client = await startWithClient({ requestLogMax: 3 });
    await client.get('/api/v2/groups');
    await client.post(query, { interval: day });
    await client.get(`${me}?a=b`);
    const log = client.sandbox.requests();
    expect(log.map((entry) => entry.operation)).toEqual(['groups', 'conversations details query', 'organization']);
    expect(log[1]).toMatchObject({
      method: 'POST',
      status: 200,
      body: { interval: day },
      at: '2026-01-08T12:00:00.000Z',
    });
    expect(JSON.stringify(log)).not.toContain(client.token);
    client.sandbox.resetRequests();
    expect(client.sandbox.requests()).toEqual([]);
  });
});

describe('two sandboxes with the same seed and clock', () => {
  test('answer the same requests with the same bytes and headers', async () => {
    client = await startWithClient();
    const other = await startWithClient();
    for (const path of ['/api/v2/users?pageSize=3', me, '/api/v2/nowhere', '/api/v2/routing/queues/queue-1/members']) {
      const [a, b] = [await client.get(path), await other.get(path)];
      expect(a).toEqual(b);
    }
    expect(await client.post(query, { interval: day })).toEqual(await other.post(query, { interval: day }));
    const submit = (of: Client) => of.post('/api/v2/analytics/conversations/details/jobs', { interval: day });
    expect(await submit(client)).toEqual(await submit(other));
    await other.sandbox.close();
  });
});

describe('options', () => {
  test.each([
    [{ port: 70_000 }, 'port'],
    [{ agents: 1 }, 'agents'],
    [{ timeZone: 'Moon/Sea' }, 'Moon/Sea'],
    [{ requestsPerMinute: 0 }, 'requestsPerMinute'],
    [{ faults: { http5x: 0.1 } as never }, 'http5x'],
    [{ faults: { http5xx: 2 } }, 'http5xx'],
    [{ faults: { stall: { rate: 1, seconds: 3 } as never } }, 'seconds'],
    [{ clock: { kind: 'accelerated', from: new Date(), factor: 0 } as const }, 'factor'],
  ])('%j are refused with a sentence that names %s', async (options, culprit) => {
    client ??= await startWithClient();
    await expect(startSandbox(options)).rejects.toThrow(culprit);
  });

  test('a port that is taken is a usage error that names it', async () => {
    client = await startWithClient();
    await expect(startWithClient({ port: client.sandbox.port })).rejects.toThrow(
      `Port ${client.sandbox.port} is in use`,
    );
  });

  test('an accelerated clock runs ahead of the machine', async () => {
    client = await startWithClient({
      clock: { kind: 'accelerated', from: new Date('2026-01-05T00:00:00Z'), factor: 100_000 },
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(client.sandbox.now().getTime()).toBeGreaterThan(Date.UTC(2026, 0, 5, 0, 20));
  });
});

const jsonBody = { 'content-type': 'application/json' };

describe('the control endpoints', () => {
  test('take nothing that a page of another origin can send, and stay as they were', async () => {
    client = await startWithClient();
    const { port, url } = client.sandbox;
    const before = client.sandbox.now();
    const send = (headers: Record<string, string>, body?: string) =>
      reply(`${url}/sandbox/clock`, 'POST', body ?? '{"advanceSeconds":60}', { ...jsonBody, ...headers });
    expect((await send({ origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await send({ origin: 'null' })).status).toBe(403);
    expect((await send({ origin: `http://127.0.0.1:${port + 1}` })).status).toBe(403);
    expect((await send({ host: 'evil.example.com' })).status).toBe(421);
    expect((await send({ host: `evil.example.com:${port}`, origin: `http://evil.example.com:${port}` })).status).toBe(
      421,
    );
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])
      expect((await send({ 'content-type': type })).status).toBe(415);
    expect(
      (await reply(`${url}/sandbox/reset`, 'POST', undefined, { origin: 'https://evil.example.com' })).status,
    ).toBe(403);
    expect((await reply(`${url}/sandbox/requests`, 'GET', undefined, { host: 'evil.example.com' })).status).toBe(421);
    expect((await reply(`${url}/`, 'GET', undefined, { host: 'evil.example.com' })).status).toBe(421);
    expect(client.sandbox.now()).toEqual(before);
    expect((await send({ origin: url, 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
    expect((await send({ host: `localhost:${port}` })).status).toBe(200);
  });

  test('outlive bodies of any depth', async () => {
    client = await startWithClient();
    const conversationId = '20458-3';
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const body = `{"conversationId":"${conversationId}","patch":${deep}}`;
    await reply(`${client.sandbox.url}/sandbox/restate`, 'POST', body, jsonBody);
    await reply(`${client.sandbox.url}/sandbox/reset`, 'POST');
    expect((await client.get(`/api/v2/analytics/conversations/${conversationId}/details`)).status).toBe(200);
  });

  test('move the clock, set faults, change records, show and forget requests', async () => {
    client = await startWithClient();
    const control = (method: string, path: string, body?: object) =>
      reply(`${client.sandbox.url}${path}`, method, body && JSON.stringify(body), jsonBody);
    expect((await control('POST', '/sandbox/clock', { advanceSeconds: 3_600 })).body).toEqual({
      now: '2026-01-08T13:00:00.000Z',
    });
    expect((await control('POST', '/sandbox/clock', { now: '2026-01-07T00:00:00Z' })).body).toEqual({
      now: '2026-01-07T00:00:00.000Z',
    });
    await control('POST', '/sandbox/faults', { http5xx: { rate: 1, times: 1, body: 'html' } });
    expect((await client.get(me)).text).toContain('<html>');
    await control('POST', '/sandbox/restate', {
      conversationId: '20458-3',
      patch: { externalTag: 'changed', divisionIds: null },
    });
    const { body } = await client.get('/api/v2/analytics/conversations/20458-3/details');
    expect(body.externalTag).toBe('changed');
    expect(body).not.toHaveProperty('divisionIds');
    expect((await control('GET', '/sandbox/requests')).body.requests).toHaveLength(3);
    expect((await control('GET', '/sandbox/status')).body).toMatchObject({
      requests: 3,
      faultsInjected: { http5xx: 1 },
      clock: 'fixed',
    });
    await control('POST', '/sandbox/reset');
    expect((await control('GET', '/sandbox/status')).body).toMatchObject({ requests: 0, faults: {} });
    await control('POST', '/sandbox/tokens/revoke');
    expect((await client.get(me)).status).toBe(401);
    expect((await control('POST', '/sandbox/clock', {})).body.error).toContain('advanceSeconds');
    expect((await control('POST', '/sandbox/nothing')).status).toBe(404);
  });

  test.each([
    ['/sandbox/restate', { conversationId: 'nobody', patch: {} }, 'nobody'],
    ['/sandbox/restate', { conversationId: '20458-3', patch: {}, at: 'soon' }, '"at"'],
    ['/sandbox/clock', { now: 'soon' }, 'not a date'],
    ['/sandbox/clock', { advanceSeconds: 1e300 }, 'not a date'],
    ['/sandbox/clock', { advanceSeconds: 1e12 }, '1990 to 2100'],
    ['/sandbox/clock', { now: '+200000-01-01T00:00:00Z' }, '1990 to 2100'],
    ['/sandbox/clock', null, 'not a JSON object'],
    ['/sandbox/restate', [], 'not a JSON object'],
    ['/sandbox/faults', { http5xx: { rate: 1, status: 200 } }, 'status'],
    ['/sandbox/faults', { http5xx: { rate: 1, times: '3' } }, 'times'],
    ['/sandbox/faults', { reset: { rate: 1, when: 'in-body' } }, 'when'],
    ['/sandbox/faults', { slow: 1 }, 'slow'],
    ['/sandbox/notify', { topicName: 'x' }, 'eventBody'],
  ])('refuse a mistake with one sentence: %s %j', async (path, body, culprit) => {
    client = await startWithClient();
    const answer = await reply(`${client.sandbox.url}${path}`, 'POST', JSON.stringify(body), jsonBody);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(culprit);
  });
});
