import { expect, test } from 'vitest';
import { ApiError } from '../../src/lib/errors.js';
import { silentLog } from '../../src/lib/log.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { type PollParts, pollRecent } from '../../src/wrapup/realtime/poll.js';
import { openCentre, queueIdsOf } from './support.js';

const list = (value: unknown) => (Array.isArray(value) ? (value as JsonObject[]) : []);
const yesterday = Date.parse('2026-01-19T00:00:00Z');
const today = Date.parse('2026-01-20T00:00:00Z');

async function polled(parts: Omit<PollParts, 'polledUntil' | 'signal' | 'log'>): Promise<string[]> {
  const ids: string[] = [];
  const all = { ...parts, polledUntil: null, signal: new AbortController().signal, log: silentLog() };
  for await (const { records } of pollRecent(all)) ids.push(...records.map((record) => String(record.conversationId)));
  return ids;
}

/** Agents' parts, in a queue, of conversations that began yesterday, which end today. */
function endsToday(world: { conversationsOfDay(at: number): readonly { render(at: number, a: boolean): unknown }[] }) {
  return world.conversationsOfDay(yesterday).flatMap((conversation) => {
    const record = conversation.render(today + 5 * 86_400_000, false) as JsonObject | undefined;
    return list(record?.participants)
      .flatMap(({ sessions }) => list(sessions))
      .flatMap(({ segments }) => list(segments))
      .filter(({ queueId, segmentEnd }) => queueId !== undefined && Date.parse(String(segmentEnd)) > today + 3_600_000)
      .map(({ segmentEnd }) => ({ id: String(record?.conversationId), endMs: Date.parse(String(segmentEnd)) }));
  });
}

test('polling finds a conversation of an earlier day in which something has just ended, and not before', async () => {
  const { sandbox, api } = await openCentre({ conversationsPerDay: 400 });
  const queueIds = await queueIdsOf(api);
  const [found] = endsToday(sandbox.world);
  if (found === undefined) throw new Error('No conversation lasts over midnight.');
  sandbox.setNow(new Date(found.endMs + 60_000));
  const state = { isEndRefused: false };
  expect(await polled({ api, queueIds, now: sandbox.now(), state })).toContain(found.id);
  sandbox.setNow(new Date(found.endMs + 20 * 60_000));
  const later = endsToday(sandbox.world).filter(({ id }) => id === found.id);
  if (later.length === 1) expect(await polled({ api, queueIds, now: sandbox.now(), state })).not.toContain(found.id);
  expect(state.isEndRefused).toBe(false);
});

test('polling leaves out other queues, also where there are too many to ask for', async () => {
  const { sandbox, api } = await openCentre({ conversationsPerDay: 400 });
  const [first = ''] = await queueIdsOf(api);
  const strange = Array.from({ length: 60 }, (_, n) => `0b3d6a52-6f0e-4c64-9d1c-${String(n).padStart(12, '0')}`);
  const parts = { api, now: sandbox.now(), state: { isEndRefused: false } };
  const few = await polled({ ...parts, queueIds: [first] });
  expect(few.length).toBeGreaterThan(0);
  expect(new Set(await polled({ ...parts, queueIds: [first, ...strange] }))).toEqual(new Set(few));
  expect(await polled({ ...parts, queueIds: strange })).toEqual([]);
});

test('an API that does not take the question about earlier days is asked it once', async () => {
  const { sandbox, api } = await openCentre();
  const queueIds = await queueIdsOf(api);
  let refusals = 0;
  const detailsQuery: typeof api.detailsQuery = (query, call) => {
    if (!JSON.stringify(query.filters).includes('segmentEnd')) return api.detailsQuery(query, call);
    refusals += 1;
    const facts = { action: 'fail', operation: 'conversations details query', status: 400 } as const;
    return Promise.reject(new ApiError('segmentEnd is not known.', facts));
  };
  const parts = { api: { detailsQuery }, queueIds, now: sandbox.now(), state: { isEndRefused: false } };
  const ids = await polled(parts);
  expect(ids.length).toBeGreaterThan(0);
  expect(await polled(parts)).toEqual(ids);
  expect(refusals).toBe(1);
});
