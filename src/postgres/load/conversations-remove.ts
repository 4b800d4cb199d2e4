/** Takes the rows of stored conversations out of the tables, and hands back what they held. */
import type { ClientBase } from 'pg';
import type { ConversationTable } from '../../conversation/tables.js';
import { type RowBytes, rowsIn } from '../../values/copy-reader.js';
import { receiveRows } from '../connection/copy.js';
import { copyHeader } from '../connection/copy-binary.js';
import { monthOf, partitionName } from '../schema/partitions.js';
import { columnList } from './conversations-tables.js';
import { timestampText, uuidOf } from './conversations-versions.js';

/** Key of a stored conversation. */
export interface StoredKey {
  readonly conversationStart: number;
  readonly conversationId: string;
}

export type RowsByConversation = ReadonlyMap<string, readonly RowBytes[]>;

/** Removes the rows of these conversations from one table. Where nothing is asked back, the map is empty. */
export async function removeRows(
  client: ClientBase,
  table: ConversationTable,
  keys: readonly StoredKey[],
  isAskedBack: boolean,
): Promise<RowsByConversation> {
  const removed = new Map<string, RowBytes[]>();
  for (const [month, group] of byMonth(keys)) {
    const partition = partitionName(table.name, month);
    const removal = `delete from ${partition} where ctid = any (array(${rowsText(partition, 'ctid', group)}))`;
    if (!isAskedBack) await client.query(removal);
    else collect(removed, await receiveRows(client, `${removal} returning ${columnList(table)}`));
  }
  return removed;
}

/** The rows of these conversations in one table, left where they are. */
export async function readRows(
  client: ClientBase,
  table: ConversationTable,
  keys: readonly StoredKey[],
): Promise<RowsByConversation> {
  const found = new Map<string, RowBytes[]>();
  for (const [month, group] of byMonth(keys)) {
    const partition = partitionName(table.name, month);
    collect(found, await receiveRows(client, rowsText(partition, columnList(table), group)));
  }
  return found;
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

function byMonth(keys: readonly StoredKey[]): Map<string, StoredKey[]> {
  const groups = new Map<string, StoredKey[]>();
  for (const key of keys) {
    const month = monthOf(key.conversationStart);
    const group = groups.get(month);
    if (group === undefined) groups.set(month, [key]);
    else group.push(key);
  }
  return groups;
}

/**
 * A query for the rows of some conversations in one partition that can only be carried out as one probe of the key per conversation: a
 * plain join may be turned round by stale statistics and then costs the square. Values stand in the text because COPY takes no parameters;
 * they are UUIDs and times that we have formatted ourselves.
 */
function rowsText(partition: string, columns: string, keys: readonly StoredKey[]): string {
  const starts = keys.map((key) => timestampText(key.conversationStart)).join(',');
  const ids = keys.map((key) => key.conversationId).join(',');
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

function collect(rows: Map<string, RowBytes[]>, copied: Buffer): void {
  let digits = '';
  let group: RowBytes[] = [];
  for (const row of rowsIn(copied, copyHeader.length, copied.length)) {
    const id = copied.toString('hex', row.start + idStart, row.start + idStart + idBytes);
    // Rows of one conversation mostly lie side by side.
    if (id !== digits) {
      const key = uuidOf(id);
      group = rows.get(key) ?? [];
      rows.set(key, group);
      digits = id;
    }
    group.push(row);
  }
}
