import { expect, test } from 'vitest';
import { type AggregateShape, aggregateRows } from '../../src/streams/aggregates/rows.js';

const shape: AggregateShape = {
  relation: 'queue_aggregates',
  dimensions: [
    { name: 'queueId', column: 'queue_id', type: 'uuid' },
    { name: 'mediaType', column: 'media_type', type: 'text' },
  ],
};
const queueId = '0a5bcd9a-3a54-4c5e-9d0c-000000000001';
const half = '2026-03-11T10:00:00.000Z/2026-03-11T10:30:00.000Z';
const asked = { from: new Date('2026-03-11T00:00:00Z'), to: new Date('2026-03-12T00:00:00Z') };
const result = (group: object, metrics: readonly object[], interval = half) => ({
  group,
  data: [{ interval, metrics }],
});
const handle = { metric: 'tHandle', stats: { max: 9, min: 1, count: 2, sum: 10 } };

test('a metric of a group in an interval is one row with all its statistics', () => {
  const level = {
    metric: 'oServiceLevel',
    stats: { ratio: 0.75, numerator: 3, denominator: 4, target: 0.8 },
  };
  const { rows, rejects } = aggregateRows(shape, [result({ queueId, mediaType: 'voice' }, [handle, level])], asked);
  const start = Date.parse('2026-03-11T10:00:00Z');
  const key = { interval_start: start, interval_end: start + 1_800_000, queue_id: queueId, media_type: 'voice' };
  expect(rejects).toEqual([]);
  expect(rows).toEqual([
    { ...key, metric: 'tHandle', qualifier: null, max: 9, min: 1, count: 2, sum: 10, extra: null },
    {
      ...key,
      metric: 'oServiceLevel',
      qualifier: null,
      ratio: 0.75,
      numerator: 3,
      denominator: 4,
      target: 0.8,
      extra: null,
    },
  ]);
});

test('sums above 32 bits are whole', () => {
  const { rows } = aggregateRows(shape, [result({}, [{ metric: 'tHeld', stats: { sum: 23_790_138_961 } }])], asked);
  expect(rows[0]?.sum).toBe(23_790_138_961);
});

test('statistics without a column and what does not fit one are kept aside', () => {
  const stats = { count: 3, sum: 2.5, p95: 7, calculatedMetricValue: 1 };
  const { rows } = aggregateRows(shape, [result({}, [{ metric: 'oMediaCount', stats, truncated: false }])], asked);
  const extra = { sum: 2.5, p95: 7, calculatedMetricValue: 1, truncated: false };
  expect(rows[0]).toMatchObject({ count: 3, extra });
});

test('scores keep their fractions', () => {
  const stats = { max: 87.5, min: 12.25, count: 2, sum: 99.75 };
  const scored = { ...shape, isScored: true };
  const { rows } = aggregateRows(scored, [result({}, [{ metric: 'oTotalScore', stats }])], asked);
  expect(rows[0]).toMatchObject({ max: 87.5, min: 12.25, count: 2, sum: 99.75, extra: null });
});

test('an absent and an empty dimension are the same: none', () => {
  const { rows } = aggregateRows(shape, [result({ mediaType: '' }, [handle])], asked);
  expect(rows[0]).toMatchObject({ queue_id: null, media_type: null });
});

test('ids are compared as ids, whatever their case', () => {
  const { rows } = aggregateRows(shape, [result({ queueId: queueId.toUpperCase() }, [handle])], asked);
  expect(rows[0]?.queue_id).toBe(queueId);
});

test('what comes twice counts once, as it came last', () => {
  const again = { metric: 'tHandle', stats: { count: 5 } };
  const results = [result({ queueId }, [handle, again]), result({ queueId }, [again])];
  const { rows } = aggregateRows(shape, results, asked);
  expect(rows.map(({ count }) => count)).toEqual([5]);
});

test('rows of one metric differ by qualifier', () => {
  const status = (qualifier: string) => ({ metric: 'tSystemPresence', qualifier, stats: { sum: 1 } });
  const { rows } = aggregateRows(shape, [result({ queueId }, [status('BUSY'), status('AWAY')])], asked);
  expect(rows.map(({ qualifier }) => qualifier)).toEqual(['BUSY', 'AWAY']);
});

test.each([
  ['an id that is none', result({ queueId: 'unknown' }, [handle])],
  ['an interval that was not asked for', result({}, [handle], '2026-03-12T10:00:00.000Z/2026-03-12T10:30:00.000Z')],
  ['an interval that is none', result({}, [handle], 'yesterday')],
  ['a metric without a name', result({}, [{ stats: { count: 1 } }])],
  ['a result that is not an object', 7],
])('%s is put aside and nothing else with it', (_what, bad) => {
  const { rows, rejects } = aggregateRows(shape, [bad, result({ queueId }, [handle])], asked);
  expect(rejects).toHaveLength(1);
  expect(rejects[0]?.reason).toMatch(/\.$/);
  expect(rows).toHaveLength(1);
});

test('a group without a dimension that is required is put aside', () => {
  const required = {
    relation: 'user_aggregates',
    dimensions: [{ name: 'userId', column: 'user_id', type: 'uuid', isRequired: true }],
  } as const;
  expect(aggregateRows(required, [result({}, [handle])], asked)).toMatchObject({ rows: [], rejects: [{}] });
});
