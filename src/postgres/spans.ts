/** Stores status spans: reads what is known about the users of an answer, merges, and writes only what differs. */
import pg from 'pg';
import type { EntityRow, SpanBatch } from '../protocol.js';
import { mergeSpans, type Span, type StoredSpan } from './span-merge.js';

/** First key of the advisory locks; the second is the relation. */
const spanLockClass = 7_236_405;
const separator = '\u0001';

interface Stored extends StoredSpan {
  readonly userId: string;
  readonly ctid: string;
}

interface Incoming extends Span {
  readonly row: EntityRow;
}

/** Stores `batch` in the caller's transaction; returns how many spans are new, changed or gone. */
export async function storeSpans(client: pg.ClientBase, batch: SpanBatch, asOf: Date): Promise<number> {
  if (batch.userIds.length === 0) return 0;
  await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [spanLockClass, batch.relation]);
  const stored = groupBy(await readStored(client, batch), (span) => span.userId);
  const incoming = groupBy(batch.rows.map(incomingOf(batch)), (span) => String(span.row.user_id));
  const deleted: string[] = [];
  const updated: SpanEnd[] = [];
  const inserted: EntityRow[] = [];
  for (const userId of new Set(batch.userIds)) {
    const changes = mergeSpans(stored.get(userId) ?? [], {
      fromMs: batch.interval.from.getTime(),
      toMs: batch.interval.to.getTime(),
      asOfMs: asOf.getTime(),
      spans: incoming.get(userId) ?? [],
    });
    deleted.push(...changes.deleted.map(({ ctid }) => ctid));
    updated.push(...changes.updated.map(({ stored: { ctid }, endMs, asOfMs }) => ({ ctid, endMs, asOfMs })));
    inserted.push(
      ...changes.inserted.map(({ span, endMs, asOfMs }) => ({
        ...span.row,
        start_time: iso(span.startMs),
        end_time: iso(endMs),
        as_of: iso(asOfMs),
      })),
    );
  }
  await deleteRows(client, batch, deleted);
  await updateEnds(client, batch, updated);
  await insertRows(client, batch, inserted);
  return deleted.length + updated.length + inserted.length;
}

const table = (batch: SpanBatch) => `genesys.${pg.escapeIdentifier(batch.relation)}`;

function incomingOf(batch: SpanBatch): (row: EntityRow) => Incoming {
  return (row) => ({
    row,
    startMs: row.start_time as number,
    endMs: (row.end_time ?? null) as number | null,
    status: batch.statusColumns.map((column) => String(row[column] ?? '')).join(separator),
  });
}

/** Spans that begin in the interval or at its end, each user's last before it, and those that begin where one of the answer begins. */
async function readStored(client: pg.ClientBase, batch: SpanBatch): Promise<Stored[]> {
  const status = batch.statusColumns.map((column) => `coalesce(span.${pg.escapeIdentifier(column)}::text, '')`);
  const early = batch.rows.filter((row) => (row.start_time as number) < batch.interval.from.getTime());
  const { rows } = await client.query<Omit<Stored, 'status'> & { status: string[] }>(
    `with found as (
         select span.ctid
         from ${table(batch)} as span
         where span.user_id = any($1::uuid[]) and span.start_time >= $2 and span.start_time <= $3
         union
         select span.ctid
         from unnest($1::uuid[]) as asked (user_id)
         cross join lateral (
             select ctid from ${table(batch)} as known
             where known.user_id = asked.user_id and known.start_time < $2
             order by known.start_time desc limit 1
         ) as span
         union
         select span.ctid
         from unnest($4::uuid[], $5::timestamptz[]) as asked (user_id, start_time)
         join ${table(batch)} as span on span.user_id = asked.user_id and span.start_time = asked.start_time
     )
     select span.user_id::text as "userId", span.ctid::text as ctid,
         (extract(epoch from span.start_time) * 1000)::float8 as "startMs",
         (extract(epoch from span.end_time) * 1000)::float8 as "endMs",
         (extract(epoch from span.as_of) * 1000)::float8 as "asOfMs", array[${status.join(', ')}] as status
     from ${table(batch)} as span where span.ctid = any(array(select ctid from found))`,
    [
      batch.userIds,
      batch.interval.from,
      batch.interval.to,
      early.map((row) => row.user_id),
      early.map((row) => new Date(row.start_time as number)),
    ],
  );
  return rows.map((row) => ({ ...row, status: row.status.join(separator) }));
}

// Rows are named by their place, which nobody else moves: whoever writes this relation holds its lock.
async function deleteRows(client: pg.ClientBase, batch: SpanBatch, ctids: readonly string[]): Promise<void> {
  if (ctids.length === 0) return;
  await client.query(`delete from ${table(batch)} where ctid = any($1::tid[])`, [ctids]);
}

interface SpanEnd {
  readonly ctid: string;
  readonly endMs: number | null;
  readonly asOfMs: number;
}

async function updateEnds(client: pg.ClientBase, batch: SpanBatch, ends: readonly SpanEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await client.query(
    `update ${table(batch)} as span set end_time = changed.end_time, as_of = changed.as_of
     from unnest($1::tid[], $2::timestamptz[], $3::timestamptz[]) as changed (place, end_time, as_of)
     where span.ctid = changed.place`,
    [ends.map(({ ctid }) => ctid), ends.map(({ endMs }) => iso(endMs)), ends.map(({ asOfMs }) => iso(asOfMs))],
  );
}

async function insertRows(client: pg.ClientBase, batch: SpanBatch, rows: readonly EntityRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `insert into ${table(batch)} select * from jsonb_populate_recordset(null::${table(batch)}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

function groupBy<Each>(items: readonly Each[], keyOf: (item: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
