import { describe, expect, onTestFinished, test } from 'vitest';
import { createGenesysApi } from '../../src/genesys/client.js';
import { ApiError } from '../../src/lib/errors.js';
import { goodToken, type Reply, startServer } from './api-server.js';

/** A client whose clock moves only while it sleeps and as a test says. */
function openApi(apiUrl: string) {
  const world = { ms: 0 };
  const api = createGenesysApi({
    clientId: 'client-one',
    clientSecret: 'hush-hush-hush',
    apiUrl,
    requestsPerMinute: 10_000,
    userAgentVersion: 'test',
    waitMsMax: 600_000,
    timeoutMs: 2_000,
    clockMs: () => world.ms,
    random: () => 1,
    sleep: async (ms) => {
      world.ms += ms;
    },
  });
  onTestFinished(() => api.close());
  return { api, world };
}

async function outageOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).facts.outage).toBe('away');
  return error as ApiError;
}

const failing: Reply = { status: 503, body: 'away' };
const nobody = 'http://127.0.0.1:9';

describe('an API that is away', () => {
  test('is given up within half a minute, however long Retry-After is', async () => {
    const { api, world } = openApi(nobody);
    await outageOf(api.organization());
    expect(world.ms).toBeLessThan(12_000);
    const server = await startServer(
      () => ({ body: {} }),
      () => ({ ...failing, headers: { 'retry-after': '120' } }),
    );
    const other = openApi(server.url);
    await outageOf(other.api.organization());
    expect(other.world.ms).toBeLessThan(12_000);
    expect(server.logins).toHaveLength(1);
  });

  test('fails other calls at once for some seconds, with the same sentence', async () => {
    const server = await startServer(
      () => ({ body: {} }),
      () => failing,
    );
    const { api, world } = openApi(server.url);
    const first = await outageOf(api.organization());
    const asked = server.logins.length;
    expect((await outageOf(api.limits('analytics'))).message).toBe(first.message);
    expect(server.logins).toHaveLength(asked);
    world.ms += 10_000;
    // From then on one attempt a call, until there is an answer.
    expect((await outageOf(api.limits('analytics'))).message).not.toMatch(/times/);
    expect(server.logins).toHaveLength(asked + 1);
  });

  test('is probed whatever other calls have found, and used again as soon as it answers', async () => {
    let isAway = true;
    const server = await startServer(
      () => ({ status: 403, body: { code: 'missing.any.permissions' } }),
      () => (isAway ? failing : goodToken),
    );
    const { api } = openApi(server.url);
    await outageOf(api.organization());
    await outageOf(api.probe());
    isAway = false;
    // Any answer will do, also that this client may not ask.
    await api.probe();
    await expect(api.limits('analytics')).rejects.toMatchObject({ facts: { status: 403 } });
  });
});
