import type { ClientBase } from 'pg';
import type { AttributeRow } from '../../conversation/attributes.js';
import { asOfBytes, spanOf } from '../../conversation/encode.js';
import { conversationsRelation } from '../../conversation/relations.js';
import {
  attributesTable,
  type ConversationTable,
  columnList,
  contentTables,
  derivedTables,
} from '../../conversation/tables.js';
import { RowWriter } from '../../values/copy-writer.js';
import { type Run, sendRows } from '../connection/copy.js';
import type { IncomingConversation } from './conversations-merge.js';

const conversationsTable = contentTables[conversationsRelation.index] as ConversationTable;

/** The attributes to write for one conversation, under the start with which it is stored. */
export interface AttributeSet {
  readonly conversationStart: number;
  readonly conversationId: string;
  readonly rows: readonly AttributeRow[];
}

/** Copies conversations into all tables but that of attributes, one table after the other. */
export async function copyConversations(client: ClientBase, arrivals: readonly IncomingConversation[]): Promise<void> {
  for (const table of [...contentTables, ...derivedTables]) {
    const runs = table === conversationsTable ? conversationRuns(arrivals) : runsOf(arrivals, table);
    await copyRuns(client, table, runs);
  }
}

/** Copies encoded rows into one table. */
export async function copyRuns(client: ClientBase, table: ConversationTable, runs: readonly Run[]): Promise<void> {
  if (runs.length > 0) await sendRows(client, `genesys.${table.name} (${columnList(table)})`, runs);
}

function runsOf(arrivals: readonly IncomingConversation[], table: ConversationTable): Run[] {
  const runs: Run[] = [];
  for (const { flat } of arrivals) {
    const { start, end } = spanOf(flat, table);
    if (end > start) runs.push({ bytes: flat.bytes, start, end });
  }
  return runs;
}

/** Returns the rows of `conversations`, each ending with its as-of instant. */
export function conversationRuns(arrivals: readonly IncomingConversation[]): Run[] {
  const writer = new RowWriter(arrivals.length * asOfBytes);
  for (const { asOfMs } of arrivals) writer.time(asOfMs);
  return arrivals.flatMap(({ flat }, index) => {
    const { start, end } = spanOf(flat, conversationsTable);
    const asOfStart = index * asOfBytes;
    return [
      { bytes: flat.bytes, start, end: end - asOfBytes },
      { bytes: writer.bytes, start: asOfStart, end: asOfStart + asOfBytes },
    ];
  });
}

export async function copyAttributes(client: ClientBase, sets: readonly AttributeSet[]): Promise<void> {
  const writer = new RowWriter(64 * 1024);
  for (const set of sets) {
    for (const row of set.rows) writeAttribute(writer, set, row);
  }
  if (writer.length === 0) return;
  const run = { bytes: writer.bytes, start: 0, end: writer.length };
  await sendRows(client, `genesys.${attributesTable.name} (${columnList(attributesTable)})`, [run]);
}

function writeAttribute(writer: RowWriter, set: AttributeSet, row: AttributeRow): void {
  writer.beginRow(attributesTable.columns.length);
  writer.time(set.conversationStart);
  writer.uuid(set.conversationId);
  writer.smallint(row.participantNo);
  writer.smallint(row.attributeNo);
  writer.value('text', row.name);
  writer.value('text', row.value);
  writer.value('json', row.extra);
}
