import { describe, expect, test } from 'vitest';
import type { GenesysApi } from '../../src/genesys/api.js';
import { ApiError } from '../../src/lib/errors.js';
import { anyQuery, interval, openApi, type Reply, type Respond, startServer } from './api-server.js';

const half = '{"conversations":[{"conversationId":';

const broken: readonly [string, Reply][] = [
  ['502', { status: 502, body: { message: 'Bad gateway', code: 'bad.gateway', status: 502 } }],
  ['503 with HTML', { status: 503, body: '<html><title>Service unavailable</title></html>' }],
  ['502 without a body', { status: 502, body: '' }],
  ['a body that ends early', { body: half }],
  ['a body that is cut off', { body: half, fault: 'half', headers: { 'content-length': '100000' } }],
  ['a connection that is cut', { fault: 'reset' }],
];

/** Fails everything but the question whether anything is answered. */
const failing =
  (reply: Reply): Respond =>
  ({ path }) =>
    isProbe(path) ? { body: {} } : reply;
const isProbe = (path: string) => path.endsWith('/organizations/me');

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('what fails a query in all attempts', () => {
  test.each(broken)('is too much for one question on a later page: %s', async (_name, reply) => {
    const server = await startServer(failing(reply));
    const error = await errorOf(
      openApi(server.url).detailsQuery({ ...anyQuery, pageNumber: 3 }, { isLaterPage: true }),
    );
    expect(error.facts.action).toBe('split');
    expect(error.message).toContain('It was tried 5 times. Other queries are answered');
    expect(server.seen.filter(({ path }) => !isProbe(path))).toHaveLength(5);
  });

  test.each(broken)(
    'is an error like others on the first page, where no other query is answered: %s',
    async (_name, reply) => {
      const server = await startServer(failing(reply));
      const error = await errorOf(openApi(server.url).detailsQuery(anyQuery));
      expect(error.facts).toMatchObject({ action: 'retry' });
      expect(error.facts.outage).toBeUndefined();
    },
  );

  test.each(broken)(
    'is an outage where nothing at all is answered, as a small question shows: %s',
    async (_name, reply) => {
      const server = await startServer(() => reply);
      const api = openApi(server.url);
      const calls = [
        api.detailsQuery(anyQuery),
        api.detailsQuery({ ...anyQuery, pageNumber: 3 }, { isLaterPage: true }),
        api.detailsJobResults('j', { pageSize: 1_000 }),
      ];
      for (const error of await Promise.all(calls.map(errorOf))) expect(error.facts.outage).toBe('away');
      const probes = server.seen.filter(({ path }) => isProbe(path)).length;
      expect(probes).toBeGreaterThan(0);
      expect(probes).toBeLessThanOrEqual(calls.length);
    },
  );

  test('is not an outage where the question is answered with a refusal', async () => {
    const refusal = { status: 403, body: { code: 'missing.permissions', message: 'No', status: 403 } };
    const server = await startServer(({ path }) => (isProbe(path) ? refusal : { status: 503, body: '' }));
    expect((await errorOf(openApi(server.url).detailsQuery(anyQuery))).facts.outage).toBeUndefined();
  });

  test('is too much for one question on the first page where other queries are answered meanwhile', async () => {
    const server = await startServer(({ path }) =>
      path.includes('/flows/') ? { body: {} } : { status: 503, body: '' },
    );
    const api = openApi(server.url, { sleep: async () => void (await api.flowAggregates({})) });
    const error = await errorOf(api.conversationAggregates({}));
    expect(error.facts.action).toBe('split');
  });

  test.each<[string, (api: GenesysApi) => Promise<unknown>]>([
    ['users details, which ask for the whole day', (api) => api.userDetails({}, { isLaterPage: true })],
    ['the submission of a job', (api) => api.submitDetailsJob({ interval }, { isLaterPage: true })],
    ['conversations by id', (api) => api.conversationsByIds(['a'], { isLaterPage: true })],
  ])('stays an error where splitting does not help: %s', async (_name, call) => {
    const server = await startServer(failing({ status: 502, body: '' }));
    expect((await errorOf(call(openApi(server.url)))).facts.action).toBe('retry');
  });

  test('stays an error where the host is gone', async () => {
    const server = await startServer(() => ({ body: {} }));
    const api = openApi(server.url);
    await api.detailsQuery(anyQuery);
    const gone = openApi('http://127.0.0.1:1');
    expect((await errorOf(gone.detailsQuery(anyQuery, { isLaterPage: true }))).facts.action).toBe('retry');
  });
});
