import type { ClientBase } from 'pg';
import type { AttributeRow } from '../conversation/attributes.js';
import { RowWriter } from './copy-binary.js';
import { type Run, sendRows } from './copy-send.js';
import type { EncodedConversations } from './load-encode.js';
import { attributesTable, columnList, contentTables, derivedTables, type LoadTable } from './load-tables.js';

/** The attributes to write for one conversation, under the start with which it is stored. */
export interface AttributeSet {
  readonly conversationStart: number;
  readonly conversationId: string;
  readonly rows: readonly AttributeRow[];
}

/** Copies the conversations at `indexes` into all tables but that of attributes, one table after the other. */
export async function copyConversations(
  client: ClientBase,
  encoded: EncodedConversations,
  indexes: readonly number[],
): Promise<void> {
  for (const table of [...contentTables, ...derivedTables]) {
    const runs = runsOf(encoded, indexes, table);
    if (runs.length > 0) await sendRows(client, `genesys.${table.name} (${columnList(table)})`, runs);
  }
}

function runsOf(encoded: EncodedConversations, indexes: readonly number[], table: LoadTable): Run[] {
  const runs: Run[] = [];
  for (const index of indexes) {
    const span = encoded.span(index, table);
    if (span.end > span.start) runs.push({ bytes: encoded.bytes, start: span.start, end: span.end });
  }
  return runs;
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
