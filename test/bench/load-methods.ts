import type { Kysely } from 'kysely';
import type pg from 'pg';
import { derivedRowsOf } from '../../src/conversation/derived-facts.js';
import type { FlatConversation } from '../../src/conversation/flatten.js';
import type { Row } from '../../src/conversation/relations.js';
import { type ConversationTable, contentTables, derivedTables } from '../../src/conversation/tables.js';
import { loadConversations } from '../../src/postgres/load/conversations.js';
import { copyConversations } from '../../src/postgres/load/conversations-copy.js';
import { incomingConversation } from '../../src/postgres/load/conversations-merge.js';
import { timestampText } from '../../src/postgres/load/conversations-versions.js';
import type { ColumnValue } from '../../src/values/columns.js';

/** Stores one batch in the transaction that is open on `client`. */
export type Method = (client: pg.ClientBase, batch: readonly FlatConversation[], asOf: Date) => Promise<void>;

export const loader: Method = async (client, batch, asOf) => {
  await loadConversations(
    client,
    batch.map((flat) => incomingConversation(flat, asOf)),
    { stream: 'bench', now: asOf },
  );
};

/** The floor: the same encoded rows into the same tables, nothing read, no versions kept. */
export const bareCopy: Method = async (client, batch, asOf) => {
  const asOfMs = asOf.getTime();
  await copyConversations(
    client,
    batch.map((flat) => ({ flat, asOfMs, attributesAsOfMs: asOfMs })),
  );
};

/** One prepared upsert per row. */
export const rowByRow: Method = async (client, batch, asOf) => {
  for (const flat of batch) {
    for (const { table, row } of rowsOf(flat, asOf)) {
      const text = upsertText(table);
      await client.query({ name: `upsert ${table.name}`, text, values: row as unknown[] });
    }
  }
};

const rowsPerStatement = 500;

/** Upserts of many rows, built by the query builder. */
export function multiRow(db: Kysely<Record<string, Record<string, unknown>>>): Method {
  return async (client, batch, asOf) => {
    const byTable = new Map<ConversationTable, Record<string, unknown>[]>();
    for (const flat of batch) {
      for (const { table, row } of rowsOf(flat, asOf)) {
        const rows = byTable.get(table) ?? [];
        byTable.set(table, rows);
        rows.push(Object.fromEntries(table.columns.map((column, index) => [column.name, row[index]])));
      }
    }
    for (const [table, rows] of byTable) {
      for (let start = 0; start < rows.length; start += rowsPerStatement) {
        const query = upsertQuery(db, table, rows.slice(start, start + rowsPerStatement));
        await client.query(query.sql, [...query.parameters]);
      }
    }
  };
}

function upsertQuery(
  db: Kysely<Record<string, Record<string, unknown>>>,
  table: ConversationTable,
  rows: Record<string, unknown>[],
) {
  return db
    .withSchema('genesys')
    .insertInto(table.name)
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(keyOf(table))
        .doUpdateSet((set) =>
          Object.fromEntries(valuesOf(table).map((name) => [name, set.ref(`excluded.${name}` as never)])),
        ),
    )
    .compile();
}

const keyOf = (table: ConversationTable): string[] =>
  table.columns.slice(0, 2 + table.positionCount).map((column) => column.name);
const valuesOf = (table: ConversationTable): string[] =>
  table.columns.slice(2 + table.positionCount).map((column) => column.name);

function upsertText(table: ConversationTable): string {
  const names = table.columns.map((column) => column.name);
  const places = names.map((_, index) => `$${index + 1}`);
  const sets = valuesOf(table).map((name) => `${name} = excluded.${name}`);
  return `insert into genesys.${table.name} (${names.join(', ')}) values (${places.join(', ')})
    on conflict (${keyOf(table).join(', ')}) do update set ${sets.join(', ')}`;
}

function* rowsOf(flat: FlatConversation, asOf: Date): Generator<{ table: ConversationTable; row: readonly unknown[] }> {
  const key = [timestampText(flat.conversationStart), flat.conversationId];
  for (const [tables, rowsByTable] of [
    [contentTables, flat.rows],
    [derivedTables, derivedRowsOf(flat)],
  ] as const) {
    for (const [index, table] of tables.entries()) {
      const types = table.columns.slice(2);
      for (const row of rowsByTable[index] as readonly Row[]) {
        const values = row.map((value, column) => parameter(types[column]?.type, value));
        yield { table, row: [...key, ...values, ...(table.name === 'conversations' ? [asOf.toISOString()] : [])] };
      }
    }
  }
}

function parameter(type: string | undefined, value: ColumnValue): unknown {
  if (value === null) return null;
  if (type === 'time') return timestampText(value as number);
  return type === 'json' ? JSON.stringify(value) : value;
}
