import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GenesysApi } from '../../src/genesys/api.js';
import { ApiError, DeferredError } from '../../src/lib/errors.js';
import { dayMs, hourMs } from '../../src/lib/interval.js';
import type { StreamContext } from '../../src/model/extraction.js';
import { backfillLengthMs, partsPerDay } from '../../src/streams/conversations/backfill-length.js';

const to = new Date('2026-03-12T00:00:00Z');
const rangeOf = (days: number) => ({ from: new Date(to.getTime() - days * dayMs), to });
const { signal } = new AbortController();

/** The API as far as the length of slices needs it, with the intervals that were counted. */
function api(requestsAtOnce: number, detailsQuery: () => Promise<unknown>) {
  const counted: number[] = [];
  const calls = {
    requestsAtOnce: () => requestsAtOnce,
    detailsQuery: ({ interval }: { interval: { from: Date; to: Date } }) => {
      counted.push((interval.to.getTime() - interval.from.getTime()) / dayMs);
      return detailsQuery();
    },
  } as unknown as GenesysApi;
  return { calls, counted };
}

const context = { signal, log: { debug: () => {} } } as unknown as StreamContext;
const total = (totalHits: number) => () => Promise.resolve({ body: { totalHits } });
const apiError = () =>
  new ApiError('Genesys refused it.', { operation: 'conversations details query', action: 'fail' } as never);

describe('a day of a backfill', () => {
  test('stays whole where days suffice, whatever a day holds', () => {
    expect(partsPerDay({ days: 10, requestsAtOnce: 10, perDay: 1_000_000 })).toBe(1);
  });

  test('is cut into about as many parts as requests have to be in flight for it', () => {
    expect(partsPerDay({ days: 5, requestsAtOnce: 10, perDay: 100_000 })).toBe(2);
    expect(partsPerDay({ days: 2, requestsAtOnce: 10, perDay: 100_000 })).toBe(4);
    expect(partsPerDay({ days: 1, requestsAtOnce: 50, perDay: 100_000 })).toBe(24);
  });

  test('stays whole where the records that a cut repeats cost what it would save', () => {
    expect(partsPerDay({ days: 20, requestsAtOnce: 25, perDay: 10_000 })).toBe(1);
    expect(partsPerDay({ days: 12, requestsAtOnce: 25, perDay: 10_000 })).toBe(2);
  });

  test('is not cut below two pages a part', () => {
    expect(partsPerDay({ days: 1, requestsAtOnce: 25, perDay: 8_000 })).toBe(4);
    expect(partsPerDay({ days: 1, requestsAtOnce: 25, perDay: 500 })).toBe(1);
    expect(partsPerDay({ days: 1, requestsAtOnce: 25, perDay: 0 })).toBe(1);
  });

  test('is cut at whole hours', () => {
    const facts = fc.record({
      days: fc.double({ min: 0.04, max: 40, noNaN: true }),
      requestsAtOnce: fc.integer({ min: 1, max: 500 }),
      perDay: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(fc.property(facts, (given) => (dayMs / partsPerDay(given)) % hourMs === 0));
  });
});

describe('the slices of a past range', () => {
  test('are days without asking where there are as many days as requests have to be in flight', async () => {
    const { calls, counted } = api(3, total(1_000_000));
    expect(await backfillLengthMs(calls, rangeOf(3), context)).toBe(dayMs);
    expect(counted).toEqual([]);
  });

  test('are shorter where there are fewer, by the count of the last week at most', async () => {
    const { calls, counted } = api(20, total(70_000));
    expect(await backfillLengthMs(calls, rangeOf(10), context)).toBe(dayMs / 2);
    expect(counted).toEqual([7]);
  });

  test('are days where the API does not say how many conversations there are', async () => {
    for (const error of [apiError(), new DeferredError('Later.', to)]) {
      const { calls } = api(20, () => Promise.reject(error));
      expect(await backfillLengthMs(calls, rangeOf(1), context)).toBe(dayMs);
    }
    const { calls } = api(20, () => Promise.resolve({ body: {} }));
    expect(await backfillLengthMs(calls, rangeOf(1), context)).toBe(dayMs);
  });

  test('are not decided for a run that is being stopped', async () => {
    const stopped = { ...context, signal: AbortSignal.abort() } as StreamContext;
    const { calls } = api(20, () => Promise.reject(apiError()));
    await expect(backfillLengthMs(calls, rangeOf(1), stopped)).rejects.toThrow('Genesys refused it.');
  });
});
