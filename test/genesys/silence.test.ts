import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/lib/errors.js';
import { type ApiServer, anyQuery, openApi, type Respond, startServer } from './api-server.js';

const quick = { timeoutMs: 60_000, quickAnswerMsMax: 400, random: () => 0 };

async function outageOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).facts.outage).toBe('away');
  return error as ApiError;
}

const isProbe = (path: string) => path.endsWith('/organizations/me');
const probesOf = ({ seen }: ApiServer) => seen.filter(({ path }) => isProbe(path)).length;
const silent = { fault: 'silence' } as const;

describe('a host that accepts connections and never answers', () => {
  test('ends the login long before the time-out of queries, which take minutes', async () => {
    const server = await startServer(
      () => ({ body: {} }),
      () => silent,
    );
    expect((await outageOf(openApi(server.url, quick).detailsQuery(anyQuery))).facts.operation).toBe('login');
    expect(server.seen).toHaveLength(0);
  });

  test('ends every call that waits for it as soon as a small request is not answered either', async () => {
    let isSilent = false;
    const server = await startServer(() => (isSilent ? silent : { body: { totalHits: 0 } }));
    const api = openApi(server.url, quick);
    await api.detailsQuery(anyQuery);
    isSilent = true;
    const errors = await Promise.all([1, 2, 3].map(() => outageOf(api.detailsQuery(anyQuery))));
    expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
    expect(errors[0]?.message).toContain('Nothing else is answered either.');
    expect(probesOf(server)).toBe(1);
  });

  test('is asked again after the outage', async () => {
    let isSilent = true;
    const server = await startServer(() => (isSilent ? silent : { body: { totalHits: 0 } }));
    const api = openApi(server.url, quick);
    await outageOf(api.detailsQuery(anyQuery));
    isSilent = false;
    await api.probe();
    expect((await api.detailsQuery(anyQuery)).body).toMatchObject({ totalHits: 0 });
  });
});

test('a query that takes long is waited for while a small request is answered', async () => {
  const held: (() => void)[] = [];
  const respond: Respond = ({ path }) => (isProbe(path) ? { body: {} } : { body: { totalHits: 7 }, held });
  const server = await startServer(respond);
  const query = openApi(server.url, quick).detailsQuery(anyQuery);
  await expect.poll(() => probesOf(server), { timeout: 20_000 }).toBeGreaterThan(1);
  for (const answer of held) answer();
  expect((await query).body).toMatchObject({ totalHits: 7 });
});
