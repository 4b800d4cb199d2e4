import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HourlyBound } from '../../src/cli/run/writer.js';
import { backOffMs } from '../../src/lib/abort.js';
import { minuteMs } from '../../src/lib/interval.js';
import { silentLog } from '../../src/lib/log.js';
import { Seen } from '../../src/wrapup/realtime/dedupe.js';
import { conversationIdsIn, eventKeyOf, idsPerBodyMax } from '../../src/wrapup/realtime/events.js';
import { polledSpan } from '../../src/wrapup/realtime/poll.js';
import { ConversationQueue } from '../../src/wrapup/realtime/queue.js';
import type { Offered } from '../../src/wrapup/realtime/realtime.js';
import { isAuthentic, signatureFault, signatureOf } from '../../src/wrapup/realtime/signatures.js';
import { surveysHandler, webhookHandler } from '../../src/wrapup/realtime/webhooks.js';

const id = '0b3d6a52-6f0e-4c64-9d1c-1d3f0a5b7c11';
const other = '7c9a1f0e-2f5b-4d6c-8a3e-5e4d3c2b1a00';
const queue = 'c1a0e9b8-7d6c-4b5a-9f8e-1a2b3c4d5e6f';

describe('conversations are found in every shape in which Genesys and its carriers send them', () => {
  test.each([
    [
      'a notification of a queue',
      { topicName: `v2.routing.queues.${queue}.conversations`, eventBody: { id, participants: [] } },
    ],
    [
      'a notification of after-call work',
      { topicName: `v2.detail.events.conversation.${id}.acw`, eventBody: { conversationId: id, queueId: queue } },
    ],
    [
      'an event of EventBridge',
      {
        id: other,
        'detail-type': 'v2.detail.events.conversation.{id}.wrapup',
        detail: {
          topicName: 'v2.detail.events.conversation.{id}.wrapup',
          eventBody: { conversationId: id, participantId: other },
        },
      },
    ],
    ['a data action of a trigger', { conversationId: id }],
    ['several at once', { conversationIds: [id, id] }],
    ['a list', [{ conversationId: id }, { eventBody: { conversationId: id } }]],
    ['capital letters', { conversationId: id.toUpperCase() }],
  ])('%s', (_what, message) => {
    expect(conversationIdsIn(message)).toEqual([id]);
  });

  test.each([
    ['a heartbeat', { topicName: 'channel.metadata', eventBody: { message: 'WebSocket Heartbeat' } }],
    [
      'figures of a queue',
      { topicName: `v2.analytics.queues.${queue}.observations`, eventBody: { id: queue, data: [] } },
    ],
    ['no id', { conversationId: "'; drop table genesys.conversations; --" }],
    ['nothing', null],
  ])('%s is about none', (_what, message) => {
    expect(conversationIdsIn(message)).toEqual([]);
  });

  test('whatever is sent, reading it ends and gives ids only, not more than a bound', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (message) => {
        const ids = conversationIdsIn(message);
        return ids.length <= idsPerBodyMax + 1 && ids.every((each) => /^[0-9a-f-]{36}$/.test(each));
      }),
    );
    expect(
      conversationIdsIn({
        conversationIds: Array.from({ length: 20_000 }, (_, n) => `${id.slice(0, 24)}${String(n).padStart(12, '0')}`),
      }),
    ).toHaveLength(idsPerBodyMax + 1);
  });

  test('a repetition is recognized by the event itself, and never by the conversation alone', () => {
    const bridge = { id: other, detail: { eventBody: { conversationId: id } } };
    expect(eventKeyOf(bridge)).toBe(eventKeyOf({ ...bridge, time: 'later' }));
    expect(eventKeyOf({ eventBody: { conversationId: id, eventTime: 1 } })).not.toBe(
      eventKeyOf({ eventBody: { conversationId: id, eventTime: 2 } }),
    );
    expect(eventKeyOf({ conversationId: id })).toBeUndefined();
  });
});

describe('the queue', () => {
  test('holds each conversation once, in order, and never more than its bound', () => {
    const waiting = new ConversationQueue(3);
    expect(waiting.add(['a', 'b', 'a'])).toBe(3);
    expect(waiting.add(['c', 'd', 'a'])).toBe(2);
    expect(waiting.hasRoomFor(['a', 'b'])).toBe(true);
    expect(waiting.hasRoomFor(['e'])).toBe(false);
    expect(waiting.take(2)).toEqual(['a', 'b']);
    waiting.add(['a']);
    expect(waiting.take(9)).toEqual(['c', 'a']);
  });

  test('wakes who waits, and releases who is stopped', async () => {
    const waiting = new ConversationQueue(3);
    const stopping = new AbortController();
    const filled = waiting.filled(stopping.signal);
    waiting.add(['a']);
    await filled;
    waiting.take(1);
    const empty = waiting.filled(stopping.signal);
    stopping.abort();
    await empty;
  });
});

describe('polling', () => {
  const at = (text: string) => new Date(`2026-01-20T${text}Z`);

  test('looks back a quarter of an hour, further behind a pause, and never further than six hours', () => {
    const from = (polledUntil: Date | null) => polledSpan(at('12:00:00'), polledUntil).from;
    expect(polledSpan(at('12:00:00'), null)).toEqual({ from: at('11:45:00'), to: at('12:00:00') });
    expect(from(at('11:59:00'))).toEqual(at('11:45:00'));
    expect(from(at('11:00:00'))).toEqual(at('10:55:00'));
    expect(from(at('02:00:00'))).toEqual(at('06:00:00'));
  });
});

describe('the next try', () => {
  test('comes later after each failure, within a minute, and not for all at the same time', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const ms = backOffMs(failures, () => random);
        return ms >= 500 && ms <= minuteMs && ms >= backOffMs(failures, () => 0);
      }),
    );
    expect([0, 1, 2, 3].map((failures) => backOffMs(failures, () => 0))).toEqual([500, 1_000, 2_000, 4_000]);
  });
});

describe('the bound on writes', () => {
  test('holds for each hour', () => {
    let ms = 0;
    const bound = new HourlyBound(() => ms);
    expect(bound.left(10)).toBe(10);
    bound.take(7);
    expect(bound.left(10)).toBe(3);
    bound.take(5);
    expect(bound.left(10)).toBe(0);
    ms = 60 * minuteMs;
    expect(bound.left(10)).toBe(10);
  });
});

const secret = 'a secret of some length';
const body = Buffer.from(JSON.stringify({ conversationId: id }));

describe('POST /webhooks/conversations', () => {
  const offers: unknown[] = [];
  const handler = (outcome: Offered) =>
    webhookHandler({ offer: (message) => (offers.push(message) > 0 ? outcome : 'nothing') }, secret);
  const bearer = { authorization: `Bearer ${secret}` };

  test('takes the secret as a bearer or a signature of the body, and nothing else', () => {
    expect(isAuthentic(bearer, body, secret)).toBe(true);
    expect(isAuthentic({ 'x-signature': signatureOf(secret, body) }, body, secret)).toBe(true);
    expect(isAuthentic({ 'x-signature': signatureOf('another secret', body) }, body, secret)).toBe(false);
    expect(isAuthentic({ 'x-signature': signatureOf(secret, Buffer.from('{}')) }, body, secret)).toBe(false);
    expect(isAuthentic({ authorization: `Bearer ${secret}x` }, body, secret)).toBe(false);
    expect(isAuthentic({ authorization: `Basic ${secret}` }, body, secret)).toBe(false);
    expect(isAuthentic({}, body, secret)).toBe(false);
    offers.length = 0;
    expect(handler('taken')({ headers: {}, body }).status).toBe(401);
    expect(offers).toEqual([]);
  });

  test('answers at once what became of it', () => {
    expect(handler('taken')({ headers: bearer, body })).toMatchObject({ status: 202 });
    expect(handler('repeated')({ headers: bearer, body })).toMatchObject({ status: 202, text: 'Duplicate.' });
    expect(handler('nothing')({ headers: bearer, body })).toMatchObject({ status: 422 });
    expect(handler('full')({ headers: bearer, body })).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(handler('taken')({ headers: bearer, body: Buffer.from('{') })).toMatchObject({ status: 400 });
    expect(handler('too_many')({ headers: bearer, body })).toEqual({
      status: 413,
      text: 'The body names more than 10000 conversations; send it in parts.',
    });
  });
});

describe('POST /surveys', () => {
  const now = new Date('2026-01-20T12:00:00Z');
  const stamp = (offsetSeconds = 0) => String(now.getTime() / 1_000 + offsetSeconds);
  const answer = Buffer.from(JSON.stringify({ conversationId: id, answeredAt: '2026-01-20T11:00:00Z', nps: 9 }));
  const signed = (timestamp = stamp(), bytes = answer, key = secret) => ({
    'x-timestamp': timestamp,
    'x-signature': signatureOf(key, bytes, timestamp),
  });
  type Store = Parameters<typeof surveysHandler>[0]['store'];
  const storeAll: Store = async (surveys) => ({ stored: surveys.length, unchanged: 0, refused: [] });
  const opened = (store = storeAll) =>
    surveysHandler({ secret, now: () => now, log: silentLog(), source: 'post', store });

  test('stores a signed answer and says how it went', async () => {
    const { status, text } = await opened()({ headers: signed(), body: answer });
    expect([status, JSON.parse(text)]).toEqual([200, { stored: 1, unchanged: 0, faulty: 0, faults: [] }]);
  });

  test('refuses what is unsigned, signed with another secret, for another body or another time', async () => {
    const handle = opened();
    const statusOf = async (headers: Record<string, string>, bytes = answer) =>
      (await handle({ headers, body: bytes })).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ authorization: `Bearer ${secret}` })).toBe(401);
    expect(await statusOf(signed(stamp(), answer, 'another secret'))).toBe(401);
    expect(await statusOf(signed(), Buffer.from('[]'))).toBe(401);
    expect(await statusOf({ ...signed(), 'x-timestamp': stamp(1) })).toBe(401);
    expect(await statusOf(signed(stamp(-301)))).toBe(401);
    expect(await statusOf(signed(stamp(301)))).toBe(401);
    expect(await statusOf(signed(stamp(-299)))).toBe(200);
  });

  test('takes a request once, however often it is sent, but again when it was not stored', async () => {
    let stored = 0;
    let isBroken = false;
    const handle = opened(async (surveys) => {
      if (isBroken) throw new Error('The database is gone.');
      stored += surveys.length;
      return { stored: surveys.length, unchanged: 0, refused: [] };
    });
    expect((await handle({ headers: signed(), body: answer })).status).toBe(200);
    expect((await handle({ headers: signed(), body: answer })).status).toBe(409);
    expect(stored).toBe(1);
    isBroken = true;
    expect((await handle({ headers: signed(stamp(1)), body: answer })).status).toBe(503);
    isBroken = false;
    expect((await handle({ headers: signed(stamp(1)), body: answer })).status).toBe(200);
  });

  test('forgets no signature for as long as its time is believed', () => {
    const seen = new Seen(10);
    let at = now;
    const fault = (timestamp: string) => signatureFault(signed(timestamp), answer, { secret, seen, now: at });
    const ahead = stamp(299);
    expect(fault(ahead)).toBeUndefined();
    at = new Date(now.getTime() + 598_000);
    expect(fault(ahead)).toBe('repeated');
    at = new Date(now.getTime() + 700_000);
    expect(fault(ahead)).toBe('old');
  });

  test('stores the good ones of a list and names the others by their place', async () => {
    const list = Buffer.from(JSON.stringify([JSON.parse(String(answer)), { conversationId: 'no id', nps: 3 }]));
    const { status, text } = await opened()({ headers: signed(stamp(), list), body: list });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ stored: 1, faulty: 1, faults: [{ index: 1 }] });
    const mixed = Buffer.from(JSON.stringify([7, JSON.parse(String(answer)), null, ['x']]));
    const again = await opened()({ headers: signed(stamp(1), mixed), body: mixed });
    expect(JSON.parse(again.text)).toMatchObject({
      stored: 1,
      faulty: 3,
      faults: [{ index: 0 }, { index: 2 }, { index: 3 }],
    });
    const bad = Buffer.from('{"nps":3}');
    expect((await opened()({ headers: signed(stamp(), bad), body: bad })).status).toBe(422);
    // What only the database refuses has the same form, with its place in the list that was sent.
    const refusing = opened(async () => ({ stored: 0, unchanged: 0, refused: [{ index: 0, reason: 'too large' }] }));
    const refused = await refusing({ headers: signed(stamp(2), list), body: list });
    expect(refused.status).toBe(422);
    expect(JSON.parse(refused.text)).toMatchObject({
      faulty: 2,
      faults: [{ index: 0, fault: 'too large' }, { index: 1 }],
    });
    const text2 = Buffer.from('nps=3');
    expect((await opened()({ headers: signed(stamp(), text2), body: text2 })).status).toBe(400);
  });
});
