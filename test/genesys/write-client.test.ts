import { describe, expect, onTestFinished, test } from 'vitest';
import { communicationKinds, type GenesysWriteApi } from '../../src/genesys/write-api.js';
import { createGenesysWriteApi } from '../../src/genesys/write-client.js';
import { type Reply, secret, startServer } from './api-server.js';

function open(url: string): GenesysWriteApi {
  const api = createGenesysWriteApi({
    credentials: { kind: 'client', clientId: 'writer', clientSecret: secret },
    apiUrl: url,
    requestsPerMinute: 1_000_000,
    userAgentVersion: '1.2.3',
    waitMsMax: 60_000,
    timeoutMs: 5_000,
    sleep: async () => {},
  });
  onTestFinished(() => api.close());
  return api;
}

const place = { kind: 'calls', conversationId: 'c', participantId: 'p', communicationId: 's' } as const;
const input = { code: 'code-1', notes: 'by rule' };

test.each(communicationKinds)('a code for %s goes to its own address, with the code and the note', async (kind) => {
  const server = await startServer(() => ({ status: 202, body: '' }));
  await open(server.url).setWrapup({ ...place, kind }, input);
  expect(server.seen.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
    ['POST', `/api/v2/conversations/${kind}/c/participants/p/communications/s/wrapup`, input],
  ]);
});

test.each(communicationKinds)('a code for %s is read back from the same address', async (kind) => {
  const server = await startServer(() => ({ body: { code: 'code-1' } }));
  expect((await open(server.url).wrapup({ ...place, kind })).body).toEqual({ code: 'code-1' });
  expect(server.seen[0]?.path).toBe(`/api/v2/conversations/${kind}/c/participants/p/communications/s/wrapup`);
});

describe('a write', () => {
  test.each<[string, Reply]>([
    ['reset', { fault: 'reset' }],
    ['503', { status: 503, body: { code: 'service.unavailable', message: 'later' } }],
    ['504 of a gateway', { status: 504, body: '<html></html>', headers: { 'content-type': 'text/html' } }],
    ['a page instead of an answer', { status: 200, body: '<html></html>', headers: { 'content-type': 'text/html' } }],
  ])('whose answer is lost (%s) is not sent again', async (_what, lost) => {
    const server = await startServer(() => lost);
    await expect(open(server.url).setWrapup(place, input)).rejects.toMatchObject({ facts: { action: 'retry' } });
    expect(server.seen).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['429', { status: 429, headers: { 'retry-after': '1' }, body: { code: 'too.many.requests' } }],
    ['an ended token', { status: 401, body: { code: 'bad.credentials' } }],
  ])('that was certainly refused (%s) is sent again', async (_what, refused) => {
    const server = await startServer((_request, nth) => (nth === 1 ? refused : { status: 202, body: '' }));
    await open(server.url).setWrapup(place, input);
    expect(server.seen).toHaveLength(2);
  });

  test('survives a login that needs a second try', async () => {
    const server = await startServer(
      () => ({ status: 202, body: '' }),
      (nth) => (nth === 1 ? { status: 503 } : { body: { access_token: 'token-number-2', expires_in: 60 } }),
    );
    await open(server.url).setWrapup(place, input);
    expect([server.logins.length, server.seen.length]).toEqual([2, 1]);
  });
});

test('what is only read is read again where the answer is lost', async () => {
  const server = await startServer((_request, nth) => (nth < 3 ? { status: 503 } : { body: { id: 'c' } }));
  await open(server.url).conversation('c');
  expect(server.seen).toHaveLength(3);
});

test('codes are made by name and given to queues by id', async () => {
  const server = await startServer(({ path }) => ({ body: path.includes('/queues/') ? [{ id: 'w' }] : { id: 'w' } }));
  const api = open(server.url);
  expect((await api.createWrapupCode({ name: 'New', divisionId: '*' })).body).toEqual({ id: 'w' });
  await api.addQueueWrapupCodes('q', ['w', 'x']);
  expect(server.seen.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
    ['POST', '/api/v2/routing/wrapupcodes', { name: 'New', division: { id: '*' } }],
    ['POST', '/api/v2/routing/queues/q/wrapupcodes', [{ id: 'w' }, { id: 'x' }]],
  ]);
  await expect(api.addQueueWrapupCodes('q', [])).rejects.toThrow(RangeError);
});

test('a login that is refused names the variables for writing, and never the secret', async () => {
  const server = await startServer(
    () => ({}),
    () => ({ status: 401, body: { error: 'invalid_client', error_description: `no ${secret}` } }),
  );
  const failure = await open(server.url)
    .setWrapup(place, input)
    .catch((error: Error) => error);
  expect(String(failure)).toContain('GENESYS_WAREHOUSE_WRITE_CLIENT_ID');
  expect(String(failure)).not.toContain(secret);
  expect(server.seen).toEqual([]);
});
