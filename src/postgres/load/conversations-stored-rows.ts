/** Reads the rows of stored conversations out of the tables, and deletes some of them. */
import type { ClientBase } from 'pg';
import { type ConversationTable, columnList, keyColumns } from '../../conversation/tables.js';
import { endOfRow, type RowBytes, smallintIn, tupleOf } from '../../values/copy-reader.js';
import { copyHeader, copyTrailer, type Run, receiveRows } from '../connection/copy.js';
import { monthOf, partitionName } from '../schema/partitions.js';
import { timestampText, uuidOf } from './conversations-versions.js';

/** Key of a stored conversation. */
export interface StoredKey {
  readonly conversationStart: number;
  readonly conversationId: string;
}

/** The rows of one table per conversation, one after the other; in the order of their positions unless the planner chose otherwise. */
export type RowsByConversation = ReadonlyMap<string, Run>;

/** Conversations that are stored in one month, as texts for the statements that read their rows. */
export interface KeyGroup {
  readonly month: string;
  readonly starts: string;
  readonly ids: string;
}

/** Groups the keys once, because the groups are the same for every table. */
export function groupKeys(keys: readonly StoredKey[]): KeyGroup[] {
  return [...byMonth(keys, (key) => key)].map(([month, group]) => ({
    month,
    starts: group.map((key) => timestampText(key.conversationStart)).join(','),
    ids: group.map((key) => key.conversationId).join(','),
  }));
}

/** Returns the rows that came for a conversation. */
export type ExpectedRows = (conversationId: string) => Run | undefined;

/**
 * Reads the rows of these conversations in one table. Where they are the expected ones, byte for byte, the expected run itself is
 * returned, which spares looking for the end of every row.
 */
export async function readRows(
  client: ClientBase,
  table: ConversationTable,
  groups: readonly KeyGroup[],
  expected: ExpectedRows = () => undefined,
): Promise<RowsByConversation> {
  const found = new Map<string, Run>();
  for (const group of groups) collect(found, await receiveRows(client, rowsText(table, group)), expected);
  return found;
}

/** A row to delete, under the start with which its conversation is stored. */
export interface StoredRow {
  readonly key: StoredKey;
  readonly row: RowBytes;
}

/** Deletes rows by their keys, with one probe of the key for each. */
export async function deleteRows(
  client: ClientBase,
  table: ConversationTable,
  rows: readonly StoredRow[],
): Promise<void> {
  const positions = table.columns.slice(keyColumns.length, keyColumns.length + table.positionCount);
  const names = positions.map(({ name }) => name);
  for (const [month, group] of byMonth(rows, ({ key }) => key)) {
    const partition = partitionName(table.name, month);
    const tuples = group.map(({ row }) => tupleOf(row));
    await client.query(deletionText(partition, names), [
      group.map(({ key }) => timestampText(key.conversationStart)),
      group.map(({ key }) => key.conversationId),
      ...positions.map((_, index) => tuples.map((tuple) => smallintIn(tuple, keyColumns.length + index))),
    ]);
  }
}

/** A plain join may be reversed by stale statistics: see `rowsText`. */
function deletionText(partition: string, positions: readonly string[]): string {
  const arrays = ['$1::timestamptz[]', '$2::uuid[]', ...positions.map((_, index) => `$${index + 3}::smallint[]`)];
  const names = [...keyColumns.map(({ name }) => name), ...positions];
  return `
    delete from ${partition}
    where ctid = any (array(
      select found.ctid
      from unnest(${arrays.join(', ')}) as wanted (${names.join(', ')})
      cross join lateral (
        select ctid
        from ${partition} as stored
        where ${names.map((name) => `stored.${name} = wanted.${name}`).join(' and ')}
        offset 0
      ) as found
    ))`;
}

/** Without those whose partition has been dropped, e.g. because the data were old: their rows are gone with it. */
export async function withPartition<Key extends StoredKey>(client: ClientBase, keys: readonly Key[]): Promise<Key[]> {
  const months = [...new Set(keys.map((key) => monthOf(key.conversationStart)))];
  const { rows } = await client.query<{ month: string }>(
    `select month from unnest($1::text[]) as month where to_regclass('genesys.conversations_' || month) is not null`,
    [months],
  );
  const present = new Set(rows.map((row) => row.month));
  return keys.filter((key) => present.has(monthOf(key.conversationStart)));
}

function byMonth<Item>(items: readonly Item[], keyOf: (item: Item) => StoredKey): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const month = monthOf(keyOf(item).conversationStart);
    const group = groups.get(month);
    if (group === undefined) groups.set(month, [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * A query for the rows of some conversations in one partition that can only be carried out as one probe of the key per conversation: a
 * plain join may be reversed by stale statistics and then has quadratic cost. Values are in the text because COPY takes no parameters;
 * they are UUIDs and times that we have formatted ourselves.
 */
function rowsText(table: ConversationTable, { month, starts, ids }: KeyGroup): string {
  const partition = partitionName(table.name, month);
  const columns = columnList(table);
  return `
    select found.*
    from unnest('{${starts}}'::timestamptz[], '{${ids}}'::uuid[]) as wanted (conversation_start, conversation_id)
    cross join lateral (
      select ${columns}
      from ${partition} as stored
      where stored.conversation_start = wanted.conversation_start and stored.conversation_id = wanted.conversation_id
      offset 0
    ) as found`;
}

/** Behind the column count, the start and the length of the id. */
const idStart = 2 + 12 + 4;
const idBytes = 16;

/** Collects runs of rows. Rows of one conversation are adjacent, because each conversation is one probe. */
function collect(rows: Map<string, Run>, copied: Buffer, expected: ExpectedRows): void {
  const end = copied.length - copyTrailer.length;
  for (let start = copyHeader.length; start < end; ) {
    const id = uuidOf(copied.toString('hex', start + idStart, start + idStart + idBytes));
    const same = expected(id);
    const sameEnd = same === undefined ? start : start + same.end - same.start;
    const isSame =
      same !== undefined && sameEnd > start && isEndOfRun(copied, start, sameEnd, end) && isAt(copied, start, same);
    const runEnd = isSame ? sameEnd : endOfRun(copied, start, end);
    rows.set(id, isSame ? same : { bytes: copied, start, end: runEnd });
    start = runEnd;
  }
}

const isAt = (bytes: Buffer, start: number, run: Run): boolean =>
  bytes.compare(run.bytes, run.start, run.end, start, start + run.end - run.start) === 0;

/** Returns true if the rows of the conversation that begin at `start` cannot reach beyond `at`. */
function isEndOfRun(bytes: Buffer, start: number, at: number, end: number): boolean {
  return at === end || (at + idStart + idBytes <= end && !hasSameId(bytes, start, at));
}

function endOfRun(bytes: Buffer, start: number, end: number): number {
  let at = endOfRow(bytes, start);
  while (at < end && hasSameId(bytes, start, at)) at = endOfRow(bytes, at);
  return at;
}

function hasSameId(bytes: Buffer, a: number, b: number): boolean {
  for (let at = idStart; at < idStart + idBytes; at += 4) {
    if (bytes.readInt32BE(a + at) !== bytes.readInt32BE(b + at)) return false;
  }
  return true;
}
