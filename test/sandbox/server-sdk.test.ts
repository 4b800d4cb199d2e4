import platformClient from 'purecloud-platform-client-v2';
import { afterEach, expect, test } from 'vitest';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

let client: Client;
afterEach(() => client.sandbox.close());

const interval = '2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z';

/** The vendor's own client, pointed at the sandbox the way a gateway is configured. */
async function loggedIn() {
  const api = new (
    platformClient.ApiClient.instance.constructor as new () => typeof platformClient.ApiClient.instance
  )();
  (api as unknown as { config: { live_reload_config: boolean } }).config.live_reload_config = false;
  api.setGateway({
    host: '127.0.0.1',
    protocol: 'http',
    port: client.sandbox.port,
    path_params_login: '',
    path_params_api: '',
  });
  api.setReturnExtendedResponses(true);
  await api.loginClientCredentialsGrant(client.sandbox.clientId, client.sandbox.clientSecret);
  // biome-ignore lint/suspicious/noExplicitAny: with extended responses the declared types are wrong.
  return { analytics: new platformClient.AnalyticsApi(api) as any, users: new platformClient.UsersApi(api) as any };
}

test('the vendor SDK logs in, queries, runs a job and lists users', async () => {
  client = await startWithClient({ jobDurationMs: 1_000 });
  const { analytics, users } = await loggedIn();
  const page = await analytics.postAnalyticsConversationsDetailsQuery({
    interval,
    paging: { pageSize: 100, pageNumber: 1 },
  });
  expect(page.body.conversations).toHaveLength(100);
  expect(page.headers['inin-ratelimit-allowed']).toBeDefined();
  const { jobId } = (await analytics.postAnalyticsConversationsDetailsJobs({ interval })).body;
  expect((await analytics.getAnalyticsConversationsDetailsJob(jobId)).status).toBe(202);
  client.sandbox.advance(1_000);
  expect((await analytics.getAnalyticsConversationsDetailsJob(jobId)).body.state).toBe('FULFILLED');
  const results = await analytics.getAnalyticsConversationsDetailsJobResults(jobId, { pageSize: 1_000 });
  expect(results.body.conversations).toHaveLength(123);
  expect(results.body).not.toHaveProperty('cursor');
  const byId = await analytics.getAnalyticsConversationsDetails({ id: ['20458-1', '20458-2'] });
  expect(byId.body.conversations).toHaveLength(2);
  expect((await users.getUsers({ state: 'any', pageSize: 500, expand: ['skills'] })).body.total).toBe(130);
});

test('the vendor SDK gets the reason of a refusal', async () => {
  client = await startWithClient();
  const { analytics } = await loggedIn();
  await expect(analytics.postAnalyticsConversationsDetailsQuery({ interval: 'x' })).rejects.toMatchObject({
    status: 400,
    body: { code: 'invalid.date', contextId: expect.any(String) },
  });
  client.sandbox.revokeTokens();
  await expect(analytics.postAnalyticsConversationsDetailsQuery({ interval })).rejects.toMatchObject({ status: 401 });
});
