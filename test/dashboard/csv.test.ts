import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { csvHead, csvRows } from '../../src/dashboard/csv.js';
import { csvResponse } from '../../src/dashboard/csv-response.js';
import type { QueryResult } from '../../src/model/mart-query.js';

const result: QueryResult = {
  columns: [
    { name: 'queue_name', type: 'text' },
    { name: 'offered_count', type: 'number' },
    { name: 'is_final', type: 'boolean' },
  ],
  rows: [
    ['Billing, "gold"\nline two', 12.5, true],
    ['=HYPERLINK("http://evil")', -3, false],
    [null, null, null],
  ],
  isCut: false,
};

describe('a CSV file', () => {
  test('is read back unchanged, except for what a spreadsheet would run', () => {
    const records = parse(csvHead(result.columns) + csvRows(result), { bom: true, columns: true });
    expect(records).toEqual([
      { queue_name: 'Billing, "gold"\nline two', offered_count: '12.5', is_final: 'true' },
      { queue_name: '\'=HYPERLINK("http://evil")', offered_count: '-3', is_final: 'false' },
      { queue_name: '', offered_count: '', is_final: '' },
    ]);
  });

  test('is sent part by part, with one heading', async () => {
    async function* parts() {
      yield result;
      yield result;
    }
    let endCount = 0;
    const response = await csvResponse('queues', parts(), () => {
      endCount += 1;
    });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="queues.csv"');
    expect(parse(await response.text(), { bom: true, columns: true })).toHaveLength(6);
    expect(endCount).toBeGreaterThan(0);
  });

  test('whose reader leaves stops the reading', async () => {
    let isStopped = false;
    async function* parts() {
      try {
        for (;;) yield result;
      } finally {
        isStopped = true;
      }
    }
    const response = await csvResponse('queues', parts(), () => {});
    await response.body?.cancel();
    expect(isStopped).toBe(true);
  });

  test('whose first rows cannot be read is a fault with a status, not half a file', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything to yield.
    async function* parts(): AsyncGenerator<QueryResult> {
      throw new Error('away');
    }
    let endCount = 0;
    await expect(
      csvResponse('queues', parts(), () => {
        endCount += 1;
      }),
    ).rejects.toThrow('away');
    expect(endCount).toBe(1);
  });
});
