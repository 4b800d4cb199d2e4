/** Stores status spans: reads what is known about the users of an answer, merges, and writes only what differs. */
import pg from 'pg';
import { dayMs, floorTo, plus } from '../../lib/interval.js';
import type { EntityRow, SpanBatch } from '../../model/extraction.js';
import { lockRows } from '../connection/locks.js';
import { mergeSpans, type Span, type StoredSpan } from './status-spans-merge.js';

const separator = '\u0001';

interface Stored extends StoredSpan {
  readonly userId: string;
  readonly ctid: string;
  readonly row: EntityRow;
}

interface Incoming extends Span {
  readonly row: EntityRow;
}

/** Stores `batch` in the caller's transaction; returns how many spans are new, changed or gone. */
export async function storeSpans(client: pg.ClientBase, batch: SpanBatch, asOf: Date): Promise<number> {
  if (batch.userIds.length === 0) return 0;
  await lockRows(client, 'statusSpans', [batch.relation]);
  const toMs = Math.min(batch.interval.to.getTime(), asOf.getTime());
  let count = 0;
  for (let day = floorTo(batch.interval.from, dayMs); day.getTime() < toMs; day = plus(day, dayMs)) {
    const interval = {
      from: day < batch.interval.from ? batch.interval.from : day,
      to: new Date(Math.min(day.getTime() + dayMs, toMs)),
    };
    const userIds = await findUsersToReplace(client, batch, day, asOf);
    if (userIds.length > 0) count += await storeDay(client, { ...batch, interval, userIds }, asOf);
  }
  return count;
}

/** Returns users without a newer answer about the day, and records that their statuses were requested. */
async function findUsersToReplace(
  client: pg.ClientBase,
  { userIds }: SpanBatch,
  day: Date,
  asOf: Date,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `insert into extract.status_days as known (day, user_id, as_of)
     select ($2::timestamptz at time zone 'UTC')::date, user_id, $3 from unnest($1::uuid[]) as asked (user_id) order by user_id
     on conflict (day, user_id) do update set as_of = excluded.as_of where known.as_of <= excluded.as_of
     returning user_id::text as id`,
    [userIds, day, asOf],
  );
  return rows.map(({ id }) => id);
}

/** `batch`: about a part of one UTC day. */
async function storeDay(client: pg.ClientBase, batch: SpanBatch, asOf: Date): Promise<number> {
  const stored = groupBy(await readStored(client, batch), (span) => span.userId);
  const incoming = groupBy(batch.rows.map(incomingOf(batch)), (span) => String(span.row.user_id));
  const deleted: string[] = [];
  const updated: SpanEnd[] = [];
  const inserted: EntityRow[] = [];
  for (const userId of batch.userIds) {
    const changes = mergeSpans(stored.get(userId) ?? [], {
      fromMs: batch.interval.from.getTime(),
      toMs: batch.interval.to.getTime(),
      asOfMs: asOf.getTime(),
      spans: incoming.get(userId) ?? [],
    });
    deleted.push(...changes.deleted.map(({ ctid }) => ctid));
    updated.push(...changes.updated.map(({ like: { ctid }, endMs, asOfMs }) => ({ ctid, endMs, asOfMs })));
    inserted.push(
      ...changes.inserted.map(({ like, startMs, endMs, asOfMs }) => ({
        ...like.row,
        start_time: iso(startMs),
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

const ofUser = (batch: SpanBatch) =>
  `select known.ctid, known.* from ${table(batch)} as known where known.user_id = asked.user_id`;

/** Spans that begin in the interval or at its end, each user's last before it and first behind it. */
async function readStored(client: pg.ClientBase, batch: SpanBatch): Promise<Stored[]> {
  const status = batch.statusColumns.map((column) => `coalesce(span.${pg.escapeIdentifier(column)}::text, '')`);
  const { rows } = await client.query<Omit<Stored, 'status'> & { status: string[] }>(
    `select span.user_id::text as "userId", span.ctid::text as ctid, to_jsonb(span) as row,
         (extract(epoch from span.start_time) * 1000)::float8 as "startMs",
         (extract(epoch from span.end_time) * 1000)::float8 as "endMs",
         (extract(epoch from span.as_of) * 1000)::float8 as "asOfMs", array[${status.join(', ')}] as status
     from unnest($1::uuid[]) as asked (user_id)
     cross join lateral (
         ${ofUser(batch)} and known.start_time between $2 and $3
         union all
         (${ofUser(batch)} and known.start_time < $2 order by known.start_time desc, known.end_time desc nulls first limit 1)
         union all
         (${ofUser(batch)} and known.start_time > $3 order by known.start_time limit 1)
     ) as span`,
    [batch.userIds, batch.interval.from, batch.interval.to],
  );
  return rows.map((row) => ({ ...row, status: row.status.join(separator) }));
}

// Identifies rows by ctid, which is stable here: every writer of this relation holds its lock.
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
