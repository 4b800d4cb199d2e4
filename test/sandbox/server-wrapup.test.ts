import { afterEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Client } from './server-client.js';
import { startWithClient } from './server-client.js';

let client: Client;
afterEach(() => client.sandbox.close());

/** The day's first conversation lasts three days: still open at noon of the same day. */
const openId = '20461-0';
const endedId = '20461-3';
const wrapup = (id: string, media = 'calls') =>
  `/api/v2/conversations/${media}/${id}/participants/p-${id}/communications/s-${id}/wrapup`;

const codeIn = async (id: string) =>
  (await client.get(`/api/v2/analytics/conversations/${id}/details`)).body.participants[0].sessions[0].segments.find(
    (segment: { segmentType: string }) => segment.segmentType === 'wrapup',
  )?.wrapUpCode;

describe('a wrap-up code written', () => {
  test('is accepted with 202 and shows in the conversation and in the analytics record', async () => {
    client = await startWithClient({ lateWrapups: 'accepted' });
    expect(await codeIn(endedId)).toBe('code-1');
    const written = await client.post(wrapup(endedId), { code: 'code-4', notes: 'called back' });
    expect([written.status, written.text]).toEqual([202, '']);
    expect(await codeIn(endedId)).toBe('code-4');
    expect((await client.get(wrapup(endedId))).body).toMatchObject({ code: 'code-4', notes: 'called back' });
    const conversation = (await client.get(`/api/v2/conversations/${endedId}`)).body;
    expect(conversation.participants[0].calls[0]).toMatchObject({
      id: `s-${endedId}`,
      state: 'terminated',
      wrapup: { code: 'code-4' },
    });
  });

  test('after the conversation ended is refused', async () => {
    client = await startWithClient();
    const refused = await client.post(wrapup(endedId), { code: 'code-4' });
    expect([refused.status, refused.body.code]).toEqual([
      400,
      'conversation.error.participant.no.active.conversations',
    ]);
    expect(await codeIn(endedId)).toBe('code-1');
  });

  test('while the agent talks waits for the wrap-up segment', async () => {
    client = await startWithClient();
    client.sandbox.enterWrapup({ conversationId: openId, code: 'code-2' });
    expect(await codeIn(openId)).toBeUndefined();
    client.sandbox.setNow(new Date('2026-01-12T00:00:00Z'));
    expect(await codeIn(openId)).toBe('code-2');
  });

  test('gives way to the one that the agent saves after it', async () => {
    client = await startWithClient();
    expect((await client.post(wrapup(openId), { code: 'code-2' })).status).toBe(202);
    client.sandbox.setNow(new Date('2026-01-12T00:00:00Z'));
    expect(await codeIn(openId)).toBe('code-1');
  });

  test('provisionally is kept aside', async () => {
    client = await startWithClient();
    await client.post(wrapup(openId), { code: 'code-2', provisional: true });
    expect((await client.get(wrapup(openId))).body).toEqual({});
    expect((await client.get(`${wrapup(openId)}?provisional=true`)).body).toEqual({ code: 'code-2' });
  });

  test('may be lost without a word', async () => {
    client = await startWithClient({ lateWrapups: 'accepted', faults: { lostWrapups: 1 } });
    expect((await client.post(wrapup(endedId), { code: 'code-4' })).status).toBe(202);
    expect(await codeIn(endedId)).toBe('code-1');
  });

  test.each([
    ['no code', wrapup(openId), {}, 400, 'conversation.error.wrapup.code.required'],
    ['a deleted code', wrapup(openId), { code: 'code-11' }, 400, 'invalid.value'],
    [
      'a conversation that is not there',
      wrapup('20461-999'),
      { code: 'code-1' },
      404,
      'conversation.error.conversation.not.found',
    ],
    [
      'another participant',
      wrapup(openId).replace(`p-${openId}`, 'p-x'),
      { code: 'code-1' },
      404,
      'conversation.error.not.conversation.participant',
    ],
    [
      'the wrong medium',
      wrapup(openId, 'emails'),
      { code: 'code-1' },
      404,
      'conversation.error.not.conversation.participant',
    ],
    ['another communication', wrapup(openId).replace(`s-${openId}`, 's-x'), { code: 'code-1' }, 404, 'not.found'],
  ])('with %s is refused', async (_what, path, body, status, code) => {
    client = await startWithClient();
    const refused = await client.post(path, body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
  });
});

test('a call can only be patched by its user, the generic participant also by a client', async () => {
  client = await startWithClient();
  const patch = (media: string) =>
    client.send(
      'PATCH',
      `/api/v2/conversations/${media}${openId}/participants/p-${openId}`,
      JSON.stringify({ wrapup: { code: 'code-3' } }),
    );
  expect((await patch('calls/')).body.code).toBe('not.a.user');
  expect((await patch('')).status).toBe(202);
});

test('the codes a participant may choose from are those of the queue, as a bare list', async () => {
  client = await startWithClient();
  const { body } = await client.get(`/api/v2/conversations/${endedId}/participants/p-${endedId}/wrapupcodes`);
  expect(body.map((code: { id: string }) => code.id)).toEqual(['code-1', 'code-2']);
});

test('queue observations count who waits and talks now, with details when asked', async () => {
  client = await startWithClient();
  const { body } = await client.post('/api/v2/analytics/queues/observations/query', {
    filter: { type: 'or', predicates: [{ dimension: 'queueId', value: 'queue-0' }] },
    metrics: ['oMemberUsers', 'oInteracting', 'oWaiting'],
    detailMetrics: ['oInteracting'],
  });
  expect(body.results[0]).toEqual({
    group: { queueId: 'queue-0' },
    data: [{ metric: 'oMemberUsers', stats: { count: 0 } }],
  });
  const voice = body.results.find((result: { group: { mediaType?: string } }) => result.group.mediaType === 'voice');
  // At noon of the 8th: the long ones of the 6th, 7th and 8th, and the one that begins at noon.
  expect(voice.data[0]).toMatchObject({ metric: 'oInteracting', stats: { count: 4 }, truncated: false });
  expect(voice.data[0].observations).toHaveLength(4);
  expect(voice.data[1]).toEqual({ metric: 'oWaiting', stats: { count: 0 } });
  expect(
    (await client.post('/api/v2/analytics/queues/observations/query', { filter: {}, metrics: ['x'] })).body.code,
  ).toBe('invalid.value');
});

describe('a notification channel', () => {
  const topic = `v2.detail.events.conversation.${openId}.wrapup`;

  async function channelWith(topics: string[]) {
    const channel = (await client.post('/api/v2/notifications/channels', {})).body;
    const subscribed = await client.post(
      `/api/v2/notifications/channels/${channel.id}/subscriptions`,
      topics.map((id) => ({ id })),
    );
    return { channel, subscribed };
  }

  test('sends wrap-ups over its web socket, and answers pings', async () => {
    client = await startWithClient();
    const { channel } = await channelWith([topic]);
    const socket = new WebSocket(channel.connectUri);
    const messages: { topicName: string; eventBody: object }[] = [];
    const next = () =>
      new Promise((resolve) => socket.once('message', (data) => resolve(messages.push(JSON.parse(String(data))))));
    await new Promise((resolve) => socket.once('open', resolve));
    const ponged = next();
    socket.send('{"message":"ping"}');
    await ponged;
    const event = next();
    await client.post(wrapup(openId), { code: 'code-2' });
    await event;
    expect(messages.map((message) => message.topicName)).toEqual(['channel.metadata', topic]);
    expect(messages[1]?.eventBody).toMatchObject({
      conversationId: openId,
      mediaType: 'VOICE',
      wrapupCode: 'code-2',
      eventTime: 1_767_873_600_000,
    });
    socket.close();
  });

  test('keeps, replaces and drops subscriptions, and takes no wildcards', async () => {
    client = await startWithClient();
    const { channel, subscribed } = await channelWith([topic]);
    expect(subscribed.body.entities).toMatchObject([{ id: topic, state: 'Permitted' }]);
    const path = `/api/v2/notifications/channels/${channel.id}/subscriptions`;
    const replaced = await client.send('PUT', path, JSON.stringify([{ id: 'v2.users.user-1.conversations' }]));
    expect(replaced.body.entities).toHaveLength(1);
    expect((await client.send('POST', path, JSON.stringify([{ id: 'v2.users.{id}.conversations' }]))).status).toBe(400);
    await client.send('DELETE', path);
    expect((await client.get(path)).body.entities).toEqual([]);
    expect((await client.send('HEAD', `/api/v2/notifications/channels/${channel.id}`)).status).toBe(200);
    expect((await client.get('/api/v2/notifications/channels')).body.entities).toHaveLength(1);
  });
});

test('the page for people needs nothing from elsewhere and names the address to use', async () => {
  client = await startWithClient();
  const page = await client.get('/');
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.text).toContain(`GENESYSCLOUD_API_URL=${client.sandbox.url}`);
  expect(page.text.replaceAll(client.sandbox.url, '')).not.toMatch(/https?:/);
});
