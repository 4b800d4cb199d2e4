import type pg from 'pg';
import { decodeRows } from '../../src/conversation/decode.js';
import { recordOf } from '../../src/conversation/rebuild.js';
import { conversationsRelation, relations } from '../../src/conversation/relations.js';
import { type ConversationTable, contentTables } from '../../src/conversation/tables.js';
import { groupKeys, type RowsByConversation, readRows } from '../../src/postgres/load/conversations-stored-rows.js';

export interface StoredRecord {
  readonly id: string;
  readonly asOf: Date;
  /** Without attributes. */
  readonly record: object;
}

/** The order in which the rows of a conversation are encoded. */
const encodedTables = [...relations.filter((each) => each !== conversationsRelation), conversationsRelation].map(
  ({ index }) => contentTables[index] as ConversationTable,
);

/** Rebuilds many records from the rows of their tables; `genesys.conversation_json`, which does the same in SQL, takes some twenty times as long. */
export async function storedRecords(client: pg.ClientBase, ids: readonly string[]): Promise<StoredRecord[]> {
  const { rows: found } = await client.query<{ id: string; start: number; asOf: Date }>(
    `select conversation_id as id, (extract(epoch from conversation_start) * 1000)::float8 as start, conversations.as_of as "asOf"
     from genesys.conversations join extract.stored_conversations using (conversation_start, conversation_id)
     where conversation_id = any($1)`,
    [ids],
  );
  const groups = groupKeys(found.map(({ id, start }) => ({ conversationId: id, conversationStart: start })));
  const stored: RowsByConversation[] = [];
  for (const table of encodedTables) stored.push(await readRows(client, table, groups));
  return found.map(({ id, start, asOf }) => {
    const runs = stored.map((byConversation) => {
      const run = byConversation.get(id);
      return run === undefined ? Buffer.alloc(0) : run.bytes.subarray(run.start, run.end);
    });
    const marks = [0];
    for (const run of runs) marks.push((marks.at(-1) as number) + run.length);
    const rows = decodeRows({ bytes: Buffer.concat(runs), marks, contentHash: '' });
    const record = recordOf({ conversationId: id, conversationStart: start, rows, attributes: undefined });
    return { id, asOf, record };
  });
}
