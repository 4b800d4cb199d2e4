import { describe, expect, test } from 'vitest';
import { createScreen } from '../../src/privacy/scrubber.js';
import { aggregateRows } from '../../src/streams/aggregates/rows.js';
import { flattenOrReject } from '../../src/streams/conversations/page.js';
import { entityRow, isReject } from '../../src/streams/directory/rows.js';
import { toJson } from '../../src/values/json.js';

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
const levels = [130, 500, 4_000, 6_000, 50_000, 200_000];
const id = '0b3d6a52-6f0e-4c64-9d1c-1d3f0a5b7c11';

describe('a value that is nested very deeply', () => {
  test.each(levels)('makes a dead letter of its conversation, which keeps it whole (%i levels)', (count) => {
    const record = { conversationId: id, conversationStart: '2026-01-01T00:00:00Z', newKey: deep(count) };
    const reject = flattenOrReject(record);
    expect(reject).toMatchObject({ recordId: id, reason: expect.stringContaining('nested more than 128 levels') });
    const kept = 'reason' in reject ? reject.record : '';
    expect(kept.length).toBe(toJson({ ...record, newKey: 0 }).length + 2 * count);
  });

  test.each(levels)('makes a dead letter of its entity and of its aggregate (%i levels)', (count) => {
    const shape = { idColumns: ['id'], columns: { id: { path: 'id', type: 'text' } }, ignored: [] } as const;
    const row = entityRow(shape, { id, settings: deep(count) } as never);
    expect(isReject(row) && row.reason).toContain('nested more than 128 levels');
    const aggregate = { dimensions: [], metrics: [], columns: {} } as never;
    const interval = { from: new Date('2026-01-01'), to: new Date('2026-01-02') };
    const data = { interval: '2026-01-01T00:00:00Z/2026-01-01T00:30:00Z', odd: deep(count) };
    expect(aggregateRows(aggregate, [{ group: {}, data: [data] }], interval).rejects).toMatchObject([
      { reason: expect.stringContaining('nested more than 128 levels') },
    ]);
  });

  test('is written as JSON exactly as JSON.stringify writes what it can', () => {
    const value = { a: [1, null, true, 'x"\u0007', {}, []], b: { c: -0.5 }, 'k"': '' };
    expect(toJson(value)).toBe(JSON.stringify(value));
    const nested = { value, deep: deep(20_000), undefined: undefined };
    const text = toJson(nested);
    expect(text.startsWith(`{"value":${JSON.stringify(value)},"deep":[[`)).toBe(true);
    expect(JSON.parse(text).value).toEqual(value);
  });

  test('is never let through where the privacy policy hides things', () => {
    const screen = createScreen({ addresses: 'drop', names: 'keep', notes: 'keep', attributes: 'keep' });
    let value: unknown = { ani: 'tel:+493012345' };
    for (let level = 0; level < 100; level += 1) value = { inner: value };
    expect(toJson(screen?.apply(value))).not.toContain('493012345');
  });
});
