import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, expectTruth, expectWhole, figuresOf, openWarehouse } from '../integration/caps-support.js';

/** As the daily tests of caps, with every kind of refusal and a centre in which answers are large. */
const timeout = 120_000;

afterEach(closeAll);

describe('the details query', () => {
  test('that may not be paged to its end is cut until each part may', { timeout }, async () => {
    const warehouse = await openWarehouse({ detailsHitsMax: 100 });
    expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
    await expectWhole(warehouse.pool, 'conversations', 5);
    await expectTruth(warehouse);
  });

  test.each([
    ['413', { http413: { rate: 1, times: 3, path: '/details/query' } }],
    ['504', { http5xx: { rate: 1, times: 6, status: 504, path: '/details/query' } }],
    ['502 on deep pages', { deepPages: { rate: 1, page: 1, status: 502 } }],
    ['503 on deep pages', { deepPages: { rate: 1, page: 1, status: 503 } }],
  ] as const)('that answers %s is cut and ends complete', { timeout }, async (_status, faults) => {
    const warehouse = await openWarehouse();
    warehouse.sandbox.setFaults(faults);
    expect(await warehouse.backfill('conversations')).toMatchObject({ status: 0 });
    await expectWhole(warehouse.pool, 'conversations', 3);
    await expectTruth(warehouse);
  });
});

test.each([
  ['queue_aggregates', { aggregateRowsMax: 60 }, {}],
  ['user_aggregates', { aggregateRowsMax: 60 }, {}],
  ['queue_aggregates', {}, { http413: { rate: 1, times: 2, path: '/aggregates/query' } }],
  ['queue_aggregates', {}, { http5xx: { rate: 1, times: 6, status: 504, path: '/aggregates/query' } }],
] as const)(
  '%s that are larger than an answer may be (%j, %j) are cut and the same in the end',
  { timeout },
  async (stream, options, faults) => {
    const [free, capped] = [await openWarehouse(), await openWarehouse(options)];
    capped.sandbox.setFaults(faults);
    for (const { backfill } of [free, capped]) expect(await backfill(stream)).toMatchObject({ status: 0 });
    await expectWhole(capped.pool, stream, 3);
    const expected = await figuresOf(free.pool, stream);
    expect(expected.length).toBeGreaterThan(50);
    expect(await figuresOf(capped.pool, stream)).toEqual(expected);
  },
);
