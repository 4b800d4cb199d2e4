import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from './server-client.js';
import { reply, startWithClient } from './server-client.js';

let client: Client;
afterEach(() => client.sandbox.close());

const redirectUri = 'http://127.0.0.1:9/callback';

function challengeFor(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

async function authorize(verifier: string, more: Record<string, string> = {}): Promise<URL> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.sandbox.userClient.id,
    redirect_uri: redirectUri,
    state: 'a state',
    code_challenge: challengeFor(verifier),
    code_challenge_method: 'S256',
    ...more,
  });
  const answer = await reply(`${client.sandbox.url}/oauth/authorize?${query}`, 'GET');
  expect(answer.status).toBe(302);
  return new URL(String(answer.headers.location));
}

function token(form: Record<string, string>) {
  const body = new URLSearchParams({ client_id: client.sandbox.userClient.id, ...form }).toString();
  return reply(`${client.sandbox.url}/oauth/token`, 'POST', body, {
    'content-type': 'application/x-www-form-urlencoded',
  });
}

const codeForm = (code: string, verifier: string) => ({
  grant_type: 'authorization_code',
  code,
  code_verifier: verifier,
  redirect_uri: redirectUri,
});

async function loggedIn() {
  const verifier = randomBytes(32).toString('base64url');
  const back = await authorize(verifier);
  return (await token(codeForm(back.searchParams.get('code') ?? '', verifier))).body;
}

const me = (accessToken: string) =>
  reply(`${client.sandbox.url}/api/v2/users/me`, 'GET', undefined, { authorization: `Bearer ${accessToken}` });

describe('a user who logs in', () => {
  test('is sent back with a code and the state, and has a self', async () => {
    client = await startWithClient();
    const verifier = randomBytes(32).toString('base64url');
    const back = await authorize(verifier, { user: 'user-7' });
    expect(back.href.startsWith(redirectUri)).toBe(true);
    expect(back.searchParams.get('state')).toBe('a state');
    const { body } = await token(codeForm(back.searchParams.get('code') ?? '', verifier));
    expect((await me(body.access_token)).body).toMatchObject({ id: 'user-7' });
    expect((await me(client.token)).body.code).toBe('not.a.user');
  });

  test('gets a token for a code once, with the right verifier and redirect only', async () => {
    client = await startWithClient();
    const verifier = randomBytes(32).toString('base64url');
    const code = async () => (await authorize(verifier)).searchParams.get('code') ?? '';
    expect((await token(codeForm(await code(), 'another verifier'))).body.error).toBe('invalid_grant');
    const other = { ...codeForm(await code(), verifier), redirect_uri: 'http://127.0.0.1:9/other' };
    expect((await token(other)).body.error).toBe('invalid_grant');
    const used = await code();
    expect((await token(codeForm(used, verifier))).status).toBe(200);
    expect((await token(codeForm(used, verifier))).body.error).toBe('invalid_grant');
    expect((await token({ ...codeForm(await code(), verifier), client_id: 'x' })).body.error).toBe('invalid_client');
  });

  test('renews with a refresh token once, and gets the next one', async () => {
    client = await startWithClient();
    const first = await loggedIn();
    const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    const second = (await token(form)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await me(second.access_token)).status).toBe(200);
    expect((await token(form)).body.error).toBe('invalid_grant');
    client.sandbox.revokeLogins();
    expect((await token({ ...form, refresh_token: second.refresh_token })).body.error).toBe('invalid_grant');
  });

  test('may write codes where clients may not', async () => {
    client = await startWithClient({ wrapupWriters: 'users', lateWrapups: 'accepted' });
    const { access_token } = await loggedIn();
    const path = '/api/v2/conversations/calls/20461-3/participants/p-20461-3/communications/s-20461-3/wrapup';
    expect((await client.post(path, { code: 'code-4' })).body.code).toBe('not.a.user');
    const authorization = `Bearer ${access_token}`;
    const written = await reply(`${client.sandbox.url}${path}`, 'POST', '{"code":"code-4"}', { authorization });
    expect(written.status).toBe(202);
  });
});

describe('people', () => {
  const id = '20461-3';
  const details = async () => (await client.get(`/api/v2/analytics/conversations/${id}/details`)).body;
  const control = (path: string, body: unknown) =>
    reply(`${client.sandbox.url}/sandbox/${path}`, 'POST', JSON.stringify(body), {
      'content-type': 'application/json',
    });

  test('an agent enters a code, past all refusals of the API', async () => {
    client = await startWithClient();
    expect((await control('wrapup', { conversationId: id, code: 'code-5', notes: 'mine' })).status).toBe(200);
    const wrapup = `/api/v2/conversations/calls/${id}/participants/p-${id}/communications/s-${id}/wrapup`;
    expect((await client.get(wrapup)).body).toMatchObject({ code: 'code-5', notes: 'mine' });
    expect((await control('wrapup', { conversationId: id, code: 'code-11' })).body.error).toContain('code-11');
    expect((await control('wrapup', { code: 'code-5' })).body.error).toContain('"conversationId"');
  });

  test('a customer answers a survey, and the record has it from then on', async () => {
    client = await startWithClient();
    expect((await details()).surveys).toBeUndefined();
    expect((await control('surveys', { conversationId: id, promoterScore: 9, totalScore: 80 })).status).toBe(200);
    expect((await details()).surveys).toMatchObject([
      { surveyStatus: 'Finished', surveyPromoterScore: 9, oSurveyTotalScore: 80, userId: 'user-0', queueId: 'queue-1' },
    ]);
    expect((await control('surveys', { conversationId: id, promoterScore: 11 })).body.error).toContain('0 to 10');
  });
});

describe('an administrator', () => {
  test('makes a code and gives it to a queue', async () => {
    client = await startWithClient();
    const made = await client.post('/api/v2/routing/wrapupcodes', { name: 'No answer needed' });
    expect(made.body).toMatchObject({ name: 'No answer needed' });
    const given = await client.post('/api/v2/routing/queues/queue-1/wrapupcodes', [{ id: made.body.id }]);
    expect(given.body.map(({ id }: { id: string }) => id)).toEqual(['code-1', 'code-2', made.body.id]);
    const listed = await client.get('/api/v2/routing/queues/queue-1/wrapupcodes');
    expect(listed.body.entities).toHaveLength(3);
    expect((await client.post('/api/v2/routing/wrapupcodes', { name: 'No answer needed' })).status).toBe(409);
    expect((await client.post('/api/v2/routing/wrapupcodes', {})).status).toBe(400);
    expect((await client.post('/api/v2/routing/queues/queue-1/wrapupcodes', [{ id: 'code-11' }])).status).toBe(404);
    expect((await client.post('/api/v2/routing/queues/x/wrapupcodes', [{ id: 'code-1' }])).status).toBe(404);
  });
});
