import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { openSdk } from '../../src/genesys/http/sdk.js';
import { ApiError, UsageError } from '../../src/lib/errors.js';
import { anyQuery, openApi, startServer } from './api-server.js';

const neverSend = () => Promise.reject(new Error('nothing is sent in this test'));

function homeWithConfig(text: string): void {
  const home = mkdtempSync(join(tmpdir(), 'genesys-home-'));
  mkdirSync(join(home, '.genesyscloudjavascript'));
  writeFileSync(join(home, '.genesyscloudjavascript', 'config'), text);
  vi.stubEnv('HOME', home);
  vi.stubEnv('USERPROFILE', home);
}

async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => new Error('it did not fail'),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error;
}

describe('the SDK’s config file', () => {
  test.each([
    ['a gateway', '[gateway]\nhost = thief.example\nprotocol = https\n'],
    ['a host', '[general]\nhost = thief.example\nlive_reload_config = true\n'],
    ['the same in JSON', '{"general": {"host": "thief.example"}, "gateway": {"host": "thief.example"}}'],
    ['broken JSON', '{"general": '],
  ])('in the home directory sends nothing elsewhere and breaks nothing: %s', async (_, text) => {
    homeWithConfig(text);
    const server = await startServer(() => ({ body: { conversations: [] } }));
    await openApi(server.url).detailsQuery(anyQuery);
    expect(server.logins).toHaveLength(1);
    expect(server.seen).toHaveLength(1);
    const region = openSdk({ region: 'eu-west-1' }, neverSend);
    expect(region.endpoint.apiUrl).toBe('https://api.mypurecloud.ie');
    expect(region.apis.analytics).toHaveProperty('apiClient.config.basePath', 'https://api.mypurecloud.ie');
    expect(region.apis.analytics).toHaveProperty('apiClient.config.gateway', undefined);
  });

  test('is not watched, so that a later one does not reset the region', () => {
    const { apis } = openSdk({ region: 'eu-west-1' }, neverSend);
    expect(apis.analytics).toHaveProperty('apiClient.config.live_reload_config', false);
    expect(apis.analytics).toHaveProperty('apiClient.config.configPath', '');
    expect(apis.analytics).toHaveProperty('apiClient.config.watchedConfigPath', null);
  });
});

describe('where requests go', () => {
  test('a gateway with protocol, port and path serves both the login and the API', async () => {
    const server = await startServer(() => ({ body: { conversations: [] } }));
    await openApi(`${server.url}/some/prefix/`).detailsQuery(anyQuery);
    expect(server.logins.map((request) => request.path)).toEqual(['/some/prefix/oauth/token']);
    expect(server.seen.map((request) => request.path)).toEqual([
      '/some/prefix/api/v2/analytics/conversations/details/query',
    ]);
  });

  test.each([
    ['us-east-1', 'mypurecloud.com'],
    ['us_east_1', 'mypurecloud.com'],
    ['EU-West-1', 'mypurecloud.ie'],
    ['mypurecloud.ie', 'mypurecloud.ie'],
    ['https://api.mypurecloud.de/', 'mypurecloud.de'],
    ['apps.usw2.pure.cloud', 'usw2.pure.cloud'],
    ['newer.pure.cloud', 'newer.pure.cloud'],
  ])('the region %s is the host %s', (region, host) => {
    const { endpoint, apis } = openSdk({ region }, neverSend);
    expect(endpoint.apiUrl).toBe(`https://api.${host}`);
    expect(endpoint.loginUrl).toBe(`https://login.${host}`);
    expect(apis.analytics).toHaveProperty('apiClient.config.basePath', `https://api.${host}`);
  });

  test.each([
    [{ region: 'us-east-9' }, /GENESYSCLOUD_REGION is "us-east-9".*us-east-1.*mypurecloud\.ie/],
    [{}, /GENESYSCLOUD_REGION/],
    [{ apiUrl: 'localhost:8080' }, /GENESYSCLOUD_API_URL/],
    [{ apiUrl: 'ftp://localhost' }, /GENESYSCLOUD_API_URL/],
    [{ apiUrl: 'https://user:password@localhost' }, /contains a user name or password/],
    [{ apiUrl: 'https://localhost?x=1' }, /query/],
  ])('%j is refused with one sentence', (options, sentence) => {
    const open = () => openSdk(options, neverSend);
    expect(open).toThrow(UsageError);
    expect(open).toThrow(sentence);
    expect(open).not.toThrow(/password@/);
  });

  test('two clients in one process share neither address nor token', async () => {
    const first = await startServer(() => ({ body: {} }));
    const second = await startServer(
      () => ({ body: {} }),
      () => ({ body: { access_token: 'token-number-2', expires_in: 60 } }),
    );
    const [one, two] = [openApi(first.url), openApi(second.url)];
    await Promise.all([one.organization(), two.organization()]);
    await Promise.all([one.organization(), two.organization()]);
    expect(first.seen.map((request) => request.headers.authorization)).toEqual(Array(2).fill('Bearer token-number-1'));
    expect(second.seen.map((request) => request.headers.authorization)).toEqual(Array(2).fill('Bearer token-number-2'));
  });

  test('an SDK that is turned to another address sends nothing there', async () => {
    const server = await startServer(() => ({ body: {} }));
    const thief = await startServer(() => ({ body: {} }));
    const api = openApi(server.url);
    await api.organization();
    const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2');
    const setGateway = sdk.ApiClient.instance.config.constructor.prototype.getConfUrl;
    vi.spyOn(sdk.ApiClient.instance.config.constructor.prototype, 'getConfUrl').mockReturnValue(thief.url);
    const error = await failure(api.organization());
    vi.restoreAllMocks();
    expect(setGateway).toBeTypeOf('function');
    expect(error.facts.action).toBe('fail');
    expect(thief.seen).toEqual([]);
  });
});

describe('answers the SDK alone would hide', () => {
  test('an error with an empty body still has its status', async () => {
    const server = await startServer(() => ({ status: 503, body: '' }));
    const error = await failure(openApi(server.url).organization());
    expect(error.facts).toMatchObject({ action: 'retry', status: 503, operation: 'organization' });
    expect(server.seen).toHaveLength(5);
  });

  test('an error carries code, correlation id, method and path', async () => {
    const server = await startServer(() => ({
      status: 400,
      headers: { 'inin-correlation-id': 'abc-1' },
      body: { code: 'invalid.value', message: 'Bad granularity.', status: 400, contextId: 'abc-1' },
    }));
    const error = await failure(openApi(server.url).conversationAggregates({ interval: 'x', metrics: [] }));
    expect(error.facts).toEqual({
      action: 'fail',
      operation: 'conversations aggregates query',
      method: 'POST',
      path: '/api/v2/analytics/conversations/aggregates/query',
      status: 400,
      code: 'invalid.value',
      correlationId: 'abc-1',
    });
    expect(error.message).toContain('Bad granularity.');
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ['truncated JSON', { body: '{"conversations":[{"conversationId":"secret-na' }, 'BODY_TRUNCATED'],
    [
      'an HTML page',
      { body: '<html><title>Be right back</title>', headers: { 'content-type': 'text/html' } },
      'BODY_HTML',
    ],
    ['HTML that calls itself JSON', { body: '<!doctype html><p>hello' }, 'BODY_HTML'],
    ['nothing', { body: '' }, 'BODY_EMPTY'],
  ])('a good status with %s is an error and is tried again', async (_, reply, code) => {
    const server = await startServer((__, nth) => (nth < 3 ? reply : { body: { totalHits: 7 } }));
    const answer = await openApi(server.url).detailsQuery(anyQuery);
    expect(answer.body).toEqual({ totalHits: 7 });
    expect(server.seen).toHaveLength(3);
    const broken = await startServer(() => reply);
    const error = await failure(openApi(broken.url).detailsQuery(anyQuery));
    expect(error.facts).toMatchObject({ action: 'retry', code, status: 200 });
    expect(error.message).not.toContain('secret-na');
  });

  test.each([['[1]'], ['"text"'], ['null'], ['7']])(
    'a body of %s, which is not an object, is an error',
    async (body) => {
      const server = await startServer(() => ({ body }));
      const error = await failure(openApi(server.url).organization());
      expect(error.facts).toMatchObject({ action: 'fail', code: 'BODY_NOT_AN_OBJECT' });
    },
  );

  test('an empty answer to a deletion is complete', async () => {
    const server = await startServer(() => ({ status: 204, body: '' }));
    expect((await openApi(server.url).deleteDetailsJob('job-1')).body).toEqual({});
    const accepted = await startServer(() => ({ status: 202, body: '' }));
    expect((await openApi(accepted.url).deleteDetailsJob('job-1')).body).toEqual({});
  });

  test('a job’s status is read from 200 and 202 alike', async () => {
    const server = await startServer((_, nth) => ({ status: nth === 1 ? 202 : 200, body: { state: 'PENDING' } }));
    const api = openApi(server.url);
    expect((await api.detailsJobStatus('job-1')).body.state).toBe('PENDING');
    expect((await api.detailsJobStatus('job-1')).body.state).toBe('PENDING');
  });

  test.each(['reset', 'half'] as const)('a connection that breaks (%s) is tried again', async (fault) => {
    const server = await startServer((_, nth) => (nth === 1 ? { fault, body: '{"a":' } : { body: { a: 1 } }));
    expect((await openApi(server.url).organization()).body).toEqual({ a: 1 });
    expect(server.seen).toHaveLength(2);
  });

  test('an argument that is missing rejects, as an ApiError, and sends nothing', async () => {
    const server = await startServer(() => ({ body: {} }));
    const error = await failure(openApi(server.url).detailsJobStatus(''));
    expect(error.message).toContain('jobId');
    expect(error.facts.action).toBe('fail');
    expect(server.seen).toEqual([]);
  });

  test('the time-out is ours and not the 16 seconds of the SDK', async () => {
    const server = await startServer((_, nth) => (nth === 1 ? { fault: 'silence' } : { body: { a: 1 } }));
    const api = openApi(server.url, { timeoutMs: 1_000 });
    expect((await api.organization()).body).toEqual({ a: 1 });
    expect(server.seen).toHaveLength(2);
  });
});

describe('what is sent', () => {
  test('names the program, asks for gzip and carries the token', async () => {
    const body = JSON.stringify({ totalHits: 1, note: 'ü€😀' });
    const server = await startServer(() => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(body) }));
    const answer = await openApi(server.url).detailsQuery(anyQuery);
    expect(answer.body).toEqual({ totalHits: 1, note: 'ü€😀' });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer token-number-1',
      'user-agent': 'genesys-warehouse/1.2.3',
      'accept-encoding': 'gzip',
      'content-type': 'application/json',
    });
  });

  test('ids go as one comma-separated parameter', async () => {
    const server = await startServer(() => ({ body: {} }));
    const answer = await openApi(server.url).conversationsByIds(['a', 'b', 'c']);
    expect(answer.body).toEqual({});
    expect(server.seen[0]?.query.getAll('id')).toEqual(['a,b,c']);
  });

  test('nothing goes to the console, whatever happens', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    const server = await startServer((_, nth) => (nth === 1 ? { status: 500, body: 'x' } : { body: {} }));
    await openApi(server.url).organization();
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});
