import type pg from 'pg';
import type { Figure } from './samples.js';

const totalRatioMax = 1.5;
const tableRatioMax = 2;
/** Excludes smaller tables, which are only a few pages in any case. */
const comparedBytesMin = 1_048_576;
const megabyte = 1_048_576;

interface Size {
  readonly table: string;
  readonly bytes: number;
  readonly freshBytes: number;
  readonly dead: number;
  readonly live: number;
}

/** Measures how much larger tables with their indexes are than the same rows, copied into new tables with the same indexes. */
export async function bloatFigures(pool: pg.Pool): Promise<Figure[]> {
  const sizes: Size[] = [];
  for (const table of await tables(pool)) sizes.push(await sizeOf(pool, table));
  const large = sizes.filter((size) => size.freshBytes >= comparedBytesMin);
  const total = sum(large, 'bytes') / sum(large, 'freshBytes');
  const worst = large.reduce((a, b) => (b.bytes / b.freshBytes > a.bytes / a.freshBytes ? b : a));
  const worstRatio = worst.bytes / worst.freshBytes;
  return [
    {
      name: 'size of tables and indexes against a fresh copy of their rows',
      value: `${megabytes(sum(large, 'bytes'))} / ${megabytes(sum(large, 'freshBytes'))} MB = ${total.toFixed(2)}`,
      bound: `at most ${totalRatioMax}`,
      isKept: total <= totalRatioMax,
    },
    {
      name: 'the worst table',
      value: `${worst.table} ${megabytes(worst.bytes)} / ${megabytes(worst.freshBytes)} MB = ${worstRatio.toFixed(2)}`,
      bound: `at most ${tableRatioMax}`,
      isKept: worstRatio <= tableRatioMax,
    },
    {
      name: 'dead rows among all',
      value: `${sum(sizes, 'dead')} of ${sum(sizes, 'dead') + sum(sizes, 'live')}`,
      bound: 'shown only',
      isKept: true,
    },
  ];
}

async function tables(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where nspname in ('genesys', 'extract') and relkind = 'r' order by 1`,
  );
  return rows.map((row) => row.name);
}

async function sizeOf(pool: pg.Pool, table: string): Promise<Size> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `create table extract.soak_copy (like ${table} including indexes including storage including generated)`,
    );
    await client.query(`insert into extract.soak_copy overriding system value select * from ${table}`);
    const { rows } = await client.query(
      `select pg_total_relation_size($1::regclass)::float8 as bytes,
           pg_total_relation_size('extract.soak_copy')::float8 as "freshBytes",
           coalesce(n_dead_tup, 0)::int as dead, coalesce(n_live_tup, 0)::int as live
       from pg_stat_all_tables where relid = $1::regclass`,
      [table],
    );
    return { table, ...rows[0] };
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const megabytes = (bytes: number) => (bytes / megabyte).toFixed(1);

function sum(sizes: readonly Size[], member: 'bytes' | 'freshBytes' | 'dead' | 'live'): number {
  return sizes.reduce((total, size) => total + size[member], 0);
}
