import type pg from 'pg';
import { type CommandContext, exitDone } from './context.js';
import { openDatabase } from './open.js';
import { table } from './text.js';

const gapsShownMax = 20;

/** What is there, what is owed and why; from the marts that an analyst sees, and the sizes of the relations. */
export async function statusCommand(context: CommandContext, options: { readonly json: boolean }): Promise<number> {
  const opened = await openDatabase(context);
  try {
    const status = await readStatus(opened.pool);
    context.print(options.json ? JSON.stringify(status, null, 2) : statusText(status));
    return exitDone;
  } finally {
    await opened.close();
  }
}

type Row = Readonly<Record<string, unknown>>;

export interface Status {
  readonly streams: readonly Row[];
  /** Holes and failing slices, oldest first. */
  readonly gaps: readonly Row[];
  readonly deadLetters: readonly Row[];
  readonly lastRun: Row | null;
  readonly sizes: readonly Row[];
}

export async function readStatus(pool: pg.Pool): Promise<Status> {
  const [streams, gaps, deadLetters, runs, sizes] = await Promise.all([
    pool.query('select * from mart.ops_freshness order by stream'),
    pool.query('select * from mart.ops_coverage where is_owed order by stream, slice_from_at limit 1000'),
    pool.query(
      `select stream, reason, count(*)::int as count, max(last_seen_at) as last_seen_at
       from extract.dead_letters group by stream, reason order by count desc limit 100`,
    ),
    pool.query('select * from extract.runs order by run_id desc limit 1'),
    pool.query(
      `select coalesce(inhparent::regclass::text, format('%I.%I', nspname, relname)) as relation,
           sum(pg_total_relation_size(c.oid))::bigint as bytes, sum(greatest(reltuples, 0))::bigint as estimated_rows
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       left join pg_inherits as i on i.inhrelid = c.oid
       where nspname in ('genesys', 'extract') and relkind = 'r'
       group by 1 having sum(pg_total_relation_size(c.oid)) > 0 order by bytes desc`,
    ),
  ]);
  return {
    streams: streams.rows,
    gaps: gaps.rows,
    deadLetters: deadLetters.rows,
    lastRun: runs.rows[0] ?? null,
    sizes: sizes.rows,
  };
}

function statusText(status: Status): string {
  const sections = [section('Streams', status.streams)];
  if (status.gaps.length > 0) sections.push(section('Owed', status.gaps.slice(0, gapsShownMax)));
  if (status.gaps.length > gapsShownMax) sections.push(`… and ${status.gaps.length - gapsShownMax} more`);
  if (status.deadLetters.length > 0) sections.push(section('Dead letters', status.deadLetters));
  if (status.lastRun !== null) sections.push(section('Last run', [status.lastRun]));
  sections.push(
    section(
      'Sizes',
      status.sizes.map(({ bytes, ...rest }) => ({ ...rest, size: bytesText(Number(bytes)) })),
    ),
  );
  return sections.join('\n\n');
}

function section(title: string, rows: readonly Row[]): string {
  const header = Object.keys(rows[0] ?? {});
  return `${title}\n${table(
    header,
    rows.map((row) => header.map((name) => cell(row[name]))),
  )}`;
}

const cell = (value: unknown) => (value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : value);

function bytesText(bytes: number): string {
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(0)} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
