/** The tables that hold a conversation, as the loader writes them: one per relation of the record, attributes, derived relations. */
import { derivedRelations } from '../conversation/derived.js';
import { type Column, conversationsRelation, type Relation, relations } from '../conversation/relations.js';
import { participantAttributes } from '../conversation/shape.js';

export interface LoadTable {
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

function tableOf(relation: Relation): LoadTable {
  // Last, so that the digest of a conversation's content is that of one run of bytes without it.
  const last: Column[] = relation === conversationsRelation ? [{ name: 'as_of', type: 'time' }] : [];
  return {
    name: relation.name,
    columns: [...keyColumns, ...relation.columns, ...last],
    positionCount: relation.positionCount,
  };
}

/** In the order of `relations`. */
export const contentTables: readonly LoadTable[] = relations.map(tableOf);

export const attributesTable: LoadTable = {
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
export const derivedTables: readonly LoadTable[] = derivedRelations.map((derived) => ({
  name: derived.name,
  columns: [...keyColumns, ...derived.columns],
  positionCount: derived.columns.filter((column) => column.type === 'smallint').length,
}));

/** Every table that is partitioned by `conversation_start` and owned by the loader. */
export const conversationTables: readonly LoadTable[] = [...contentTables, attributesTable, ...derivedTables];

export function columnList(table: LoadTable): string {
  return table.columns.map((column) => column.name).join(', ');
}
