import { describe, expect, test } from 'vitest';
import type { EntityPages, GenesysApi, RequestReport } from '../../src/genesys/api.js';
import { ApiError, DeferredError } from '../../src/lib/errors.js';
import { anyQuery, goodToken, interval, openApi, type Reply, secret, startServer } from './api-server.js';

async function all(pages: EntityPages) {
  const entities: unknown[] = [];
  const operations = new Set<string>();
  for await (const page of pages) {
    entities.push(...page.entities);
    operations.add(page.operation);
  }
  return { entities, operations: [...operations] };
}

const denied = {
  status: 403,
  body: {
    code: 'missing.any.permissions',
    message: 'You are missing the following permission(s): a:b:view',
    status: 403,
  },
};

describe('the login', () => {
  test('with a wrong secret fails with one sentence that says what to check, and not the secret', async () => {
    for (const status of [400, 401]) {
      const body = {
        error: 'invalid_client',
        description: `authentication failed for ${secret}`,
        error_description: '',
      };
      const server = await startServer(
        () => ({ body: {} }),
        () => ({ status, body }),
      );
      const error = await openApi(server.url)
        .organization()
        .catch((thrown) => thrown);
      expect(error).toBeInstanceOf(ApiError);
      expect(error.facts).toMatchObject({ action: 'fail', operation: 'login', status, code: 'invalid_client' });
      expect(error.message).toMatch(
        /GENESYSCLOUD_OAUTHCLIENT_ID.*GENESYSCLOUD_OAUTHCLIENT_SECRET.*GENESYSCLOUD_REGION/,
      );
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(secret);
      expect(server.logins).toHaveLength(1);
    }
  });

  test('sends client credentials as a form', async () => {
    const server = await startServer(() => ({ body: {} }));
    await openApi(server.url).organization();
    expect(server.logins[0]).toMatchObject({
      method: 'POST',
      path: '/oauth/token',
      body: 'grant_type=client_credentials',
    });
    expect(server.logins[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`client-id:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test('is tried again when it fails in passing', async () => {
    const server = await startServer(
      () => ({ body: { name: 'org' } }),
      (nth) => (nth < 3 ? { status: 503, body: '' } : goodToken),
    );
    expect((await openApi(server.url).organization()).body).toEqual({ name: 'org' });
    expect(server.logins).toHaveLength(3);
  });

  test('at an address that gives no token says so', async () => {
    const server = await startServer(
      () => ({ body: {} }),
      () => ({ body: { hello: 'world' } }),
    );
    const error = await openApi(server.url)
      .organization()
      .catch((thrown) => thrown);
    expect(error.message).toMatch(/no access token.*GENESYSCLOUD_API_URL/);
    expect(error.facts.action).toBe('fail');
  });

  test('is made once for many calls at once, and once more when the token is refused', async () => {
    const server = await startServer(
      (request) =>
        request.headers.authorization === 'Bearer token-2'
          ? { body: {} }
          : { status: 401, body: { code: 'bad.credentials' } },
      (nth) => ({ body: { access_token: `token-${nth}`, expires_in: 86_399 } }),
    );
    const api = openApi(server.url);
    await Promise.all(Array.from({ length: 12 }, () => api.organization()));
    expect(server.logins).toHaveLength(2);
  });

  test('is not repeated without end when fresh tokens are refused', async () => {
    const server = await startServer(() => ({ status: 401, body: { code: 'bad.credentials', message: 'Invalid.' } }));
    const error = await openApi(server.url)
      .organization()
      .catch((thrown) => thrown);
    expect(error.facts).toMatchObject({ action: 'fail', status: 401 });
    expect(error.message).toContain('had just been issued');
    expect(server.logins).toHaveLength(2);
    expect(server.seen).toHaveLength(2);
  });

  test('is made again before the token ends', async () => {
    const server = await startServer(
      () => ({ body: {} }),
      () => ({ body: { access_token: 'short-lived', expires_in: 300 } }),
    );
    let nowMs = 1_000_000;
    const api = openApi(server.url, { clockMs: () => nowMs });
    await api.organization();
    nowMs += 200_000;
    await api.organization();
    expect(server.logins).toHaveLength(1);
    nowMs += 80_000;
    await api.organization();
    expect(server.logins).toHaveLength(2);
  });
});

describe('a call', () => {
  test('says when its request left and under which correlation id it was answered', async () => {
    const now = new Date('2026-01-05T12:00:00Z');
    const server = await startServer(() => ({ body: { totalHits: 0 }, headers: { 'inin-correlation-id': 'c-1' } }));
    const answer = await openApi(server.url, { now: () => now }).detailsQuery(anyQuery);
    expect(answer).toEqual({ body: { totalHits: 0 }, requestedAt: now, correlationId: 'c-1' });
  });

  test('waits out a 429 for its Retry-After', async () => {
    const server = await startServer((_, nth) =>
      nth === 1 ? { status: 429, headers: { 'retry-after': '3' }, body: '' } : { body: { a: 1 } },
    );
    const api = openApi(server.url, {
      budget: { reserve: async () => ({ granted: true }), observe() {}, pauseUntil() {} },
    });
    expect((await api.organization()).body).toEqual({ a: 1 });
    expect(api.sleepsMs).toEqual([3_000]);
    expect(api.stats()).toMatchObject({ requests: 2, retries: 1, status429: 1 });
  });

  test('with a Retry-After until tomorrow leaves its work pending until then', async () => {
    const server = await startServer(() => ({
      status: 429,
      headers: { 'retry-after': '40000' },
      body: { code: 'too.many.requests' },
    }));
    const now = new Date('2026-01-05T12:00:00Z');
    const error = await openApi(server.url, { now: () => now })
      .organization()
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(DeferredError);
    expect(error.notBefore).toEqual(new Date('2026-01-05T23:06:40Z'));
  });

  test('hears what the API allows, and reports it', async () => {
    const headers = { 'inin-ratelimit-count': '7', 'inin-ratelimit-allowed': '180', 'inin-ratelimit-reset': '61' };
    const server = await startServer(() => ({ body: {}, headers }));
    const api = openApi(server.url);
    expect(api.stats().allowance).toBe(1_000_000);
    await api.organization();
    expect(api.stats().allowance).toBe(180);
  });

  test('without a permission names it and is distinguished from a failure', async () => {
    const server = await startServer(() => denied);
    const error = await openApi(server.url)
      .detailsQuery(anyQuery)
      .catch((thrown) => thrown);
    expect(error.facts.action).toBe('unavailable');
    expect(error.message).toContain('lacks the permission a:b:view');
  });

  test.each(['the call’s signal', 'the client’s signal', 'close'] as const)('in flight is ended by %s', async (by) => {
    const server = await startServer(() => ({ fault: 'silence' }));
    const own = new AbortController();
    const whole = new AbortController();
    const api = openApi(server.url, { signal: whole.signal });
    const call = api.organization({ signal: own.signal });
    const outcome = call.catch((thrown) => thrown);
    while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (by === 'close') await api.close();
    else (by === 'the call’s signal' ? own : whole).abort(new Error(by));
    expect((await outcome).message).toBe(by === 'close' ? 'The API client was closed.' : by);
    expect(server.seen).toHaveLength(1);
  });

  test('reports each request with its size, status and name', async () => {
    const reports: RequestReport[] = [];
    const server = await startServer((_, nth) => (nth === 1 ? { status: 500, body: 'xx' } : { body: { a: 1 } }));
    const api = openApi(server.url, { onRequest: (report) => reports.push(report) });
    await api.organization();
    expect(reports.map(({ operation, status, bytes }) => ({ operation, status, bytes }))).toEqual([
      { operation: 'login', status: 200, bytes: JSON.stringify(goodToken.body).length },
      { operation: 'organization', status: 500, bytes: 2 },
      { operation: 'organization', status: 200, bytes: 7 },
    ]);
    expect(api.stats()).toMatchObject({ requests: 2, retries: 1 });
  });
});

const requests: Record<string, [(api: GenesysApi) => Promise<unknown>, string, string]> = {
  detailsQuery: [
    (api) => api.detailsQuery({ ...anyQuery, order: 'desc', filters: { segmentFilters: [1] } }),
    'POST',
    '/analytics/conversations/details/query',
  ],
  submitDetailsJob: [(api) => api.submitDetailsJob({ interval }), 'POST', '/analytics/conversations/details/jobs'],
  detailsJobStatus: [(api) => api.detailsJobStatus('j/1'), 'GET', '/analytics/conversations/details/jobs/j%2F1'],
  detailsJobResults: [
    (api) => api.detailsJobResults('j', { cursor: 'c', pageSize: 1_000 }),
    'GET',
    '/analytics/conversations/details/jobs/j/results',
  ],
  deleteDetailsJob: [(api) => api.deleteDetailsJob('j'), 'DELETE', '/analytics/conversations/details/jobs/j'],
  detailsAvailability: [
    (api) => api.detailsAvailability(),
    'GET',
    '/analytics/conversations/details/jobs/availability',
  ],
  conversationsByIds: [(api) => api.conversationsByIds(['a']), 'GET', '/analytics/conversations/details'],
  conversationAggregates: [
    (api) => api.conversationAggregates({}),
    'POST',
    '/analytics/conversations/aggregates/query',
  ],
  userAggregates: [(api) => api.userAggregates({}), 'POST', '/analytics/users/aggregates/query'],
  userDetails: [(api) => api.userDetails({}), 'POST', '/analytics/users/details/query'],
  flowAggregates: [(api) => api.flowAggregates({}), 'POST', '/analytics/flows/aggregates/query'],
  surveyAggregates: [(api) => api.surveyAggregates({}), 'POST', '/analytics/surveys/aggregates/query'],
  evaluationAggregates: [(api) => api.evaluationAggregates({}), 'POST', '/analytics/evaluations/aggregates/query'],
  queueObservations: [(api) => api.queueObservations({}), 'POST', '/analytics/queues/observations/query'],
  organization: [(api) => api.organization(), 'GET', '/organizations/me'],
  limits: [(api) => api.limits('analytics'), 'GET', '/organizations/limits/namespaces/analytics'],
  createNotificationChannel: [(api) => api.createNotificationChannel(), 'POST', '/notifications/channels'],
  subscribeNotifications: [
    (api) => api.subscribeNotifications('c/1', ['t']),
    'PUT',
    '/notifications/channels/c%2F1/subscriptions',
  ],
  listQueues: [(api) => all(api.listQueues()), 'GET', '/routing/queues'],
  listUsers: [(api) => all(api.listUsers()), 'GET', '/users'],
  listWrapupCodes: [(api) => all(api.listWrapupCodes()), 'GET', '/routing/wrapupcodes/divisionviews'],
  listDivisions: [(api) => all(api.listDivisions()), 'GET', '/authorization/divisions'],
  listSkills: [(api) => all(api.listSkills()), 'GET', '/routing/skills'],
  listLanguages: [(api) => all(api.listLanguages()), 'GET', '/routing/languages'],
  listGroups: [(api) => all(api.listGroups()), 'GET', '/groups'],
  listTeams: [(api) => all(api.listTeams()), 'GET', '/teams'],
  listFlows: [(api) => all(api.listFlows()), 'GET', '/flows'],
  listFlowOutcomes: [(api) => all(api.listFlowOutcomes()), 'GET', '/flows/outcomes'],
  listPresences: [(api) => all(api.listPresences()), 'GET', '/presence/definitions'],
  listLocations: [(api) => all(api.listLocations()), 'GET', '/locations'],
  listCampaigns: [(api) => all(api.listCampaigns()), 'GET', '/outbound/campaigns'],
  listContactLists: [(api) => all(api.listContactLists()), 'GET', '/outbound/contactlists'],
  listEvaluationForms: [(api) => all(api.listEvaluationForms()), 'GET', '/quality/forms/evaluations'],
  listSurveyForms: [(api) => all(api.listSurveyForms()), 'GET', '/quality/forms/surveys'],
  listQueueMembers: [(api) => all(api.listQueueMembers('q')), 'GET', '/routing/queues/q/members'],
  listQueueWrapupCodes: [(api) => all(api.listQueueWrapupCodes('q')), 'GET', '/routing/queues/q/wrapupcodes'],
};

describe('the time', () => {
  test('is heard from every answer, and asked for by a login, also one that is refused', async () => {
    const date = 'Wed, 11 Mar 2026 10:00:00 GMT';
    const times: number[] = [];
    const refused: Reply = { status: 401, headers: { date }, body: { error: 'invalid_client' } };
    const server = await startServer(
      () => ({ headers: { date }, body: {} }),
      (nth) => (nth === 1 ? refused : { ...goodToken, headers: { date } }),
    );
    const api = openApi(server.url, { onTime: (serverTimeMs) => times.push(serverTimeMs) });
    await api.fetchServerTime();
    expect(times).toEqual([Date.parse(date)]);
    await api.organization();
    expect(times).toEqual(Array(3).fill(Date.parse(date)));
    await api.fetchServerTime();
    expect([server.logins.length, server.seen.length]).toEqual([3, 1]);
  });

  test('that an answer shows to be wrong does not date that answer', async () => {
    const date = 'Wed, 11 Mar 2026 10:00:00 GMT';
    const server = await startServer(() => ({ headers: { date }, body: {} }));
    let now = new Date('2026-04-20T10:00:00Z');
    const api = openApi(server.url, {
      now: () => now,
      onTime: (serverTimeMs) => {
        now = new Date(serverTimeMs);
      },
    });
    const { requestedAt } = await api.organization();
    expect(Math.abs(requestedAt.getTime() - Date.parse(date))).toBeLessThan(60_000);
  });
});

describe('the operations', () => {
  test.each(Object.entries(requests))('%s asks the documented address', async (_, [call, method, path]) => {
    const server = await startServer(() => ({ body: {} }));
    await call(openApi(server.url));
    expect(server.seen[0]).toMatchObject({ method, path: `/api/v2${path}` });
  });

  test('are all in that table', async () => {
    const server = await startServer(() => ({ body: {} }));
    const others = ['fetchServerTime', 'stats', 'requestsAtOnce', 'lookAhead', 'probe', 'close', 'sleepsMs'];
    const names = Object.keys(openApi(server.url)).filter((name) => !others.includes(name));
    expect(names.sort()).toEqual(Object.keys(requests).sort());
  });

  test('send queries, cursors and topics as the API names them', async () => {
    const server = await startServer(() => ({ body: {} }));
    const api = openApi(server.url);
    await api.detailsQuery({ ...anyQuery, order: 'desc', filters: { conversationFilters: [] } });
    await api.submitDetailsJob({ interval, startOfDayIntervalMatching: true });
    await api.detailsJobResults('j', { cursor: 'c+/=', pageSize: 1_000 });
    await api.subscribeNotifications('c', ['v2.one', 'v2.two']);
    const span = '2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z';
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      interval: span,
      order: 'desc',
      orderBy: 'conversationStart',
      paging: { pageNumber: 1, pageSize: 100 },
      conversationFilters: [],
    });
    expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({ interval: span, startOfDayIntervalMatching: true });
    expect(Object.fromEntries(server.seen[2]?.query ?? [])).toEqual({ cursor: 'c+/=', pageSize: '1000' });
    expect(JSON.parse(server.seen[3]?.body ?? '')).toEqual([{ id: 'v2.one' }, { id: 'v2.two' }]);
  });

  test('refuse more than 100 ids, and none', async () => {
    const server = await startServer(() => ({ body: {} }));
    const api = openApi(server.url);
    await expect(api.conversationsByIds([])).rejects.toThrow(RangeError);
    await expect(api.conversationsByIds(Array(101).fill('a'))).rejects.toThrow(RangeError);
    expect(server.seen).toEqual([]);
  });

  test('refuse more than 1,000 topics', async () => {
    const server = await startServer(() => ({ body: {} }));
    await expect(openApi(server.url).subscribeNotifications('c', Array(1_001).fill('t'))).rejects.toThrow(RangeError);
    expect(server.seen).toEqual([]);
  });
});

describe('the directory', () => {
  test('gives users of every state with what is known of them', async () => {
    const server = await startServer(() => ({ body: { entities: [{ id: 'u' }] } }));
    expect((await all(openApi(server.url).listUsers())).entities).toEqual([{ id: 'u' }]);
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toMatchObject({
      state: 'any',
      expand: 'team,skills,languages,groups,locations',
    });
  });

  test('gives deleted wrap-up codes too, and only the active ones where that is not permitted', async () => {
    const permitted = await startServer(({ query }) => ({ body: { entities: [{ id: query.get('includeState') }] } }));
    const full = await all(openApi(permitted.url).listWrapupCodes());
    expect(full).toEqual({
      entities: [{ id: 'Active' }, { id: 'Deleted' }],
      operations: ['routing wrapupcodes divisionviews', 'routing wrapupcodes deleted'],
    });

    const limited = await startServer(({ path }) =>
      path.endsWith('divisionviews') ? denied : { body: { entities: [{ id: 'w' }] } },
    );
    const active = await all(openApi(limited.url).listWrapupCodes());
    expect(active).toEqual({ entities: [{ id: 'w' }], operations: ['routing wrapupcodes'] });
  });

  test('gives presences that are no longer in use too', async () => {
    const server = await startServer(({ query }) => ({ body: { entities: [{ id: query.get('deactivated') }] } }));
    expect((await all(openApi(server.url).listPresences())).entities).toEqual([{ id: 'FALSE' }, { id: 'TRUE' }]);
  });

  test('does not take a failure in the middle of a listing for its end', async () => {
    const server = await startServer((_, nth) =>
      nth === 1 ? { body: { entities: [{ id: 1 }], pageCount: 2 } } : denied,
    );
    await expect(all(openApi(server.url).listWrapupCodes())).rejects.toBeInstanceOf(ApiError);
  });
});
