import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/lib/errors.js';
import type { Page, Stream } from '../../src/model/extraction.js';
import { allStreams } from '../../src/streams/catalog.js';
import { openApi, type Reply, type Respond, startServer } from '../genesys/api-server.js';
import { pull } from '../support/pull.js';

/** Tests answers that stay the same however often a request is repeated. */
const now = new Date('2026-03-12T12:05:00Z');
const hour = '2026-03-12T12:00:00Z/2026-03-12T13:00:00Z';
const idOf = (n: number) => `0a5bcd9a-3a54-4c5e-9d0c-${String(n).padStart(12, '0')}`;
const record = (id: string) => ({
  conversationId: id,
  conversationStart: '2026-03-10T10:00:00.000Z',
  participants: [],
});

async function open(name: string, respond: Respond) {
  const server = await startServer(respond);
  const stream = allStreams(openApi(server.url), { granularity: 'PT30M' }).find((each) => each.name === name) as Stream;
  return { stream, seen: server.seen };
}

function storedIds(pages: readonly Page[]): string[] {
  return pages.flatMap(({ batches }) =>
    batches.flatMap((batch) =>
      batch.kind === 'conversations' ? batch.conversations.map(({ conversationId }) => conversationId) : [],
    ),
  );
}

describe('conversations that are asked for by id', () => {
  const openIds = Array.from({ length: 100 }, (_, n) => idOf(n + 1));
  const refusal = (status: number): Reply => ({ status, body: { message: 'Not found', code: 'not.found', status } });
  /** Answers about all ids unless one of `bad` is among them. */
  const refusing =
    (bad: readonly string[], refused: Reply): Respond =>
    ({ query }) => {
      const ids = query.get('id')?.split(',') ?? [];
      return ids.some((id) => bad.includes(id)) ? refused : { body: { conversations: ids.map(record) } };
    };

  test.each([
    [404, [17]],
    [400, [1]],
    [410, [100]],
    [500, [50]],
    [404, [3, 4, 98]],
  ])('and refused with %i for one of them come without that one', async (status, numbers) => {
    const bad = numbers.map(idOf);
    const { stream, seen } = await open('open_conversations', refusing(bad, refusal(status)));
    const log: string[] = [];
    const pages = await pull(stream, hour, { now, openIds, log });
    expect(storedIds(pages).sort()).toEqual(openIds.filter((id) => !bad.includes(id)));
    expect(log.filter((line) => line.includes('Conversation refused by id'))).toHaveLength(bad.length);
    const requests = seen.length;
    // A server error is tried five times each time it comes.
    expect(requests).toBeLessThanOrEqual((1 + 14 * bad.length) * (status === 500 ? 5 : 1));
    await pull(stream, hour, { now, openIds, log });
    // From now on the others are requested at once, and each of the bad ones separately, without another warning.
    const again = seen.slice(requests).flatMap(({ query }) => query.get('id')?.split(',').length ?? []);
    expect(new Set(again)).toEqual(new Set([100 - bad.length, 1]));
    expect(log.filter((line) => line.includes('Conversation refused by id'))).toHaveLength(bad.length);
  });

  test('and kept apart come back when the API knows them again', async () => {
    let bad = [idOf(7)];
    const { stream } = await open('open_conversations', (request, nth) => refusing(bad, refusal(404))(request, nth));
    await pull(stream, hour, { now, openIds });
    bad = [];
    expect(storedIds(await pull(stream, hour, { now, openIds })).sort()).toEqual(openIds);
  });

  test.each([
    ['everything is refused', 404, 'not.found', 15],
    ['it is not an answer of the API', 404, undefined, 1],
    ['the permission is missing', 403, 'missing.permissions', 1],
  ])('fail together where %s', async (_why, status, code, asked) => {
    const { stream, seen } = await open('open_conversations', () => ({
      status,
      body: code === undefined ? '<html></html>' : { message: 'No', code, status },
    }));
    await expect(pull(stream, hour, { now, openIds })).rejects.toThrow(ApiError);
    expect(seen.length).toBeLessThanOrEqual(asked + 1);
  });

  test('fail together after a few halves where the server is in trouble', async () => {
    const { stream, seen } = await open('open_conversations', () => refusal(500));
    await expect(pull(stream, hour, { now, openIds })).rejects.toThrow('It was tried 5 times.');
    expect(seen.length).toBeLessThanOrEqual(4 * 5);
  });
});

describe('the results of a details job', () => {
  const day = '2026-03-10T00:00:00Z/2026-03-11T00:00:00Z';
  /** A job whose pages have these cursors, one after the other. */
  const withCursors =
    (cursors: (page: number) => string | undefined): Respond =>
    ({ path, query }, nth) => {
      if (path.endsWith('/availability')) return { body: { dataAvailabilityDate: '2026-03-12T00:00:00.000Z' } };
      if (path.endsWith('/jobs')) return { status: 202, body: { jobId: idOf(1) } };
      if (path.endsWith('/results')) {
        const page = Number(query.get('cursor')?.split('.')[1] ?? 0) + 1;
        const cursor = cursors(nth);
        return { body: { conversations: [record(idOf(page))], ...(cursor !== undefined && { cursor }) } };
      }
      return { body: { state: 'FULFILLED', entities: [] } };
    };
  const results = (seen: readonly { readonly path: string }[]) =>
    seen.filter(({ path }) => path.endsWith('/results')).length;

  test.each([
    ['one', ['A']],
    ['three in turn', ['A', 'B', 'C']],
  ])('are given up when a cursor comes for the third time: %s', async (_name, cursors) => {
    let given = 0;
    const { stream, seen } = await open(
      'conversation_history',
      withCursors(() => {
        given += 1;
        return cursors[(given - 1) % cursors.length];
      }),
    );
    const failed = await pull(stream, day, { now }).catch((error: unknown) => error);
    expect((failed as ApiError).facts.action).toBe('restart');
    expect((failed as ApiError).message).toContain('a cursor came for the third time');
    expect(results(seen)).toBe(2 * cursors.length + 1);
  });

  test('continue when a cursor comes twice', async () => {
    const cursors = ['A', 'A', 'B', undefined];
    let given = 0;
    const { stream, seen } = await open(
      'conversation_history',
      withCursors(() => {
        given += 1;
        return cursors[given - 1];
      }),
    );
    await pull(stream, day, { now });
    expect(results(seen)).toBe(4);
  });
});
