import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotStreams } from '../../src/model/extraction.js';
import { inTransaction } from '../../src/postgres/connection/transaction.js';
import { migrate } from '../../src/postgres/migrate.js';
import { fillDimensionTables, markDaysWithData } from '../../src/postgres/schema/dimension-tables.js';
import { allStreams } from '../../src/streams/catalog.js';
import { insertSlice } from './interval-support.js';
import { type Marts, openMarts } from './support.js';

let marts: Marts;
beforeAll(async () => {
  marts = await openMarts('Europe/Berlin');
});
afterAll(() => marts?.close());

const daysWithData = async () =>
  (await marts.rows<{ day: string }>('select day::text as day from mart.dim_dates where has_data order by day')).map(
    ({ day }) => day,
  );

describe('dim_dates and dim_intervals', () => {
  test('are tables with a primary key and statistics', async () => {
    const tables = await marts.rows(
      `select relation.relname as name, relation.reltuples::int as rows, pg_get_constraintdef(keys.oid) as key
       from pg_class as relation join pg_constraint as keys on keys.conrelid = relation.oid and keys.contype = 'p'
       where relation.relnamespace = 'mart'::regnamespace order by name`,
    );
    expect(tables).toEqual([
      { name: 'dim_dates', rows: 14_610, key: 'PRIMARY KEY (day)' },
      { name: 'dim_intervals', rows: 96, key: 'PRIMARY KEY (minute_of_day)' },
    ]);
  });

  test('have the rows of their definitions', async () => {
    for (const [table, view] of [
      ['mart.dim_dates', 'genesys.int_dates'],
      ['mart.dim_intervals', 'genesys.int_times_of_day'],
    ]) {
      expect(
        await marts.rows(`(table ${table} except table ${view}) union all (table ${view} except table ${table})`),
      ).toEqual([]);
    }
  });

  test('follow the reporting zone when it changes, and keep their rows when it does not', async () => {
    const start = async () =>
      (await marts.rows(`select day_start_at, xmin::text as xmin from mart.dim_dates where day = '2026-07-01'`))[0];
    const before = await start();
    await migrate(marts.pool, { timeZone: 'Asia/Tokyo' });
    expect((await start())?.day_start_at).toEqual(new Date('2026-06-30T15:00:00Z'));
    await migrate(marts.pool, { timeZone: 'Europe/Berlin' });
    const after = await start();
    expect(after?.day_start_at).toEqual(before?.day_start_at);
    await inTransaction(marts.pool, fillDimensionTables);
    expect(await start()).toEqual(after);
  });
});

describe('has_data', () => {
  const pulled = async (stream: string, from: string, to: string) => {
    await insertSlice(marts, { stream, from, to, isFinal: false });
    await inTransaction(marts.pool, (client) => markDaysWithData(client, { from: new Date(from), to: new Date(to) }));
  };

  test('is true for each local day that a pulled slice touches, and for no other', async () => {
    expect(await daysWithData()).toEqual([]);
    // A day of UTC lies in two days of Berlin.
    await pulled('queue_aggregates', '2026-03-02T00:00:00Z', '2026-03-03T00:00:00Z');
    expect(await daysWithData()).toEqual(['2026-03-02', '2026-03-03']);
    await pulled('conversations', '2026-03-05T22:00:00Z', '2026-03-05T23:00:00Z');
    expect(await daysWithData()).toEqual(['2026-03-02', '2026-03-03', '2026-03-05']);
  });

  test('is what the ledger says', async () => {
    const marked = await daysWithData();
    await inTransaction(marts.pool, fillDimensionTables);
    expect(await daysWithData()).toEqual(marked);
  });

  test('goes when the ledger forgets the day', async () => {
    await marts.rows('delete from extract.slices');
    await inTransaction(marts.pool, fillDimensionTables);
    expect(await daysWithData()).toEqual([]);
  });

  test('knows nothing of snapshots', async () => {
    await insertSlice(marts, {
      stream: 'directory',
      from: '2026-03-02T00:00:00Z',
      to: '2026-03-03T00:00:00Z',
      isFinal: true,
    });
    await inTransaction(marts.pool, fillDimensionTables);
    expect(await daysWithData()).toEqual([]);
  });
});

test('the streams that are called snapshots are those of the catalog, here and in int_fact_slices', async () => {
  const streams = allStreams({} as Parameters<typeof allStreams>[0], { granularity: 'PT30M' });
  const snapshots = streams.filter(({ kind }) => kind === 'snapshot').map(({ name }) => name);
  expect([...snapshots].sort()).toEqual([...snapshotStreams].sort());
  for (const { name } of streams) {
    await insertSlice(marts, { stream: name, from: '2026-04-01T00:00:00Z', to: '2026-04-02T00:00:00Z', isFinal: true });
  }
  const rows = await marts.rows<{ stream: string }>('select distinct stream from genesys.int_fact_slices');
  expect(rows.map(({ stream }) => stream).sort()).toEqual(
    streams
      .map(({ name }) => name)
      .filter((name) => !snapshots.includes(name))
      .sort(),
  );
});
