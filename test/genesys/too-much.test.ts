import { describe, expect, test } from 'vitest';
import type { GenesysApi } from '../../src/genesys/api.js';
import { ApiError } from '../../src/lib/errors.js';
import { anyQuery, interval, openApi, type Reply, startServer } from './api-server.js';

const half = '{"conversations":[{"conversationId":';

const broken: readonly [string, Reply][] = [
  ['502', { status: 502, body: { message: 'Bad gateway', code: 'bad.gateway', status: 502 } }],
  ['503 with HTML', { status: 503, body: '<html><title>Service unavailable</title></html>' }],
  ['502 without a body', { status: 502, body: '' }],
  ['a body that ends early', { body: half }],
  ['a body that is cut off', { body: half, fault: 'half', headers: { 'content-length': '100000' } }],
  ['a connection that is cut', { fault: 'reset' }],
];

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
    const server = await startServer(() => reply);
    const error = await errorOf(
      openApi(server.url).detailsQuery({ ...anyQuery, pageNumber: 3 }, { isLaterPage: true }),
    );
    expect(error.facts.action).toBe('split');
    expect(error.message).toContain('It was tried 5 times. Other queries are answered');
    expect(server.seen).toHaveLength(5);
  });

  test.each(broken)(
    'is an error like others on the first page, where nothing else is answered: %s',
    async (_name, reply) => {
      const server = await startServer(() => reply);
      const error = await errorOf(openApi(server.url).detailsQuery(anyQuery));
      expect(error.facts.action).toBe('retry');
    },
  );

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
    const server = await startServer(() => ({ status: 502, body: '' }));
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
