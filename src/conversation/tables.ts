/** The tables that hold a conversation, as they are encoded and stored: one per relation of the record, attributes, derived relations. */
import type { Column } from '../values/columns.js';
import { derivedRelations } from './derived-facts.js';
import { participantAttributes } from './record-schema.js';
import { conversationsRelation, type Relation, relations } from './relations.js';

export interface ConversationTable {
  /** Without schema. */
  readonly name: string;
  /** All columns in the order in which rows are encoded: start, id, positions and the rest; `as_of` of conversations last. */
  readonly columns: readonly Column[];
  readonly positionCount: number;
}

export const keyColumns: readonly Column[] = [
  { name: 'conversation_start', type: 'time' },
  { name: 'conversation_id', type: 'uuid' },
];

function tableOf(relation: Relation): ConversationTable {
  // Last, so that the digest of a conversation's content covers one contiguous run of bytes without
  // it.
  const last: Column[] = relation === conversationsRelation ? [{ name: 'as_of', type: 'time' }] : [];
  return {
    name: relation.name,
    columns: [...keyColumns, ...relation.columns, ...last],
    positionCount: relation.positionCount,
  };
}

/** In the order of `relations`. */
export const contentTables: readonly ConversationTable[] = relations.map(tableOf);

export const attributesTable: ConversationTable = {
  name: participantAttributes.relation,
  columns: [
    ...keyColumns,
    ...participantAttributes.positions.map((name) => ({ name, type: 'smallint' as const })),
    { name: 'name', type: 'text' },
    { name: 'value', type: 'text' },
    { name: 'extra', type: 'json' },
  ],
  positionCount: participantAttributes.positions.length,
};

/** In the order of `derivedRelations`. */
export const derivedTables: readonly ConversationTable[] = derivedRelations.map((derived) => ({
  name: derived.name,
  columns: [...keyColumns, ...derived.columns],
  positionCount: derived.columns.filter((column) => column.type === 'smallint').length,
}));

/** Every table that is partitioned by `conversation_start` and owned by the loader. */
export const conversationTables: readonly ConversationTable[] = [...contentTables, attributesTable, ...derivedTables];

/** Returns the columns of a table as a list in SQL. */
export function columnList(table: ConversationTable): string {
  return table.columns.map((column) => column.name).join(', ');
}
