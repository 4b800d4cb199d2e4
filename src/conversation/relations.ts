/**
 * The record's schema, prepared for flattening and loading: one numbered relation per table, with
 * its columns in order.
 */
import type { Column, ColumnValue, FieldType } from '../values/columns.js';
import { columnOf, conversationShape, type TableShape } from './record-schema.js';

/**
 * Positions, then fields, then `extra`. The key `conversation_start, conversation_id` belongs to
 * the conversation and is not repeated here.
 */
export type Row = readonly ColumnValue[];

export interface Relation {
  readonly index: number;
  readonly name: string;
  /** Path of its objects in the record, e.g. `participants.sessions`; empty for the record itself. */
  readonly path: string;
  readonly positionCount: number;
  readonly columns: readonly Column[];
  /** JSON key per column, null for positions and `extra`. */
  readonly keys: readonly (string | null)[];
}

/**
 * A relation computed from a record when it is stored, as another child table of the conversation.
 * Its key begins with
 * `conversation_start, conversation_id`, its rows are replaced with the conversation's, and it is excluded from the content's digest.
 */
export interface DerivedRelation {
  readonly name: string;
  /** Positions first; without `conversation_start` and `conversation_id`. */
  readonly columns: readonly Column[];
}

/** Describes how one key of an object is stored: as a column, as rows of a child relation, or in a special way. */
export type KeyUse =
  | { readonly kind: 'field'; readonly column: number; readonly type: FieldType }
  | { readonly kind: 'list' | 'object'; readonly node: Node }
  | { readonly kind: 'id' | 'start' | 'attributes' };

/** One object of the record and what is done with each of its keys; other keys go to `extra`. */
export interface Node {
  readonly relation: Relation;
  readonly uses: ReadonlyMap<string, KeyUse>;
  /** A row of nulls, to be copied. */
  readonly emptyRow: Row;
}

const collected: Relation[] = [];

function compile(shape: TableShape, path: string): Node {
  const relation = relationOf(shape, path);
  collected.push(relation);
  const uses = new Map<string, KeyUse>();
  Object.entries(shape.fields).forEach(([key, type], index) => {
    uses.set(key, { kind: 'field', column: shape.positions.length + index, type });
  });
  for (const [kind, children] of [
    ['list', shape.lists],
    ['object', shape.objects],
  ] as const) {
    for (const [key, child] of Object.entries(children)) {
      uses.set(key, { kind, node: compile(child, path === '' ? key : `${path}.${key}`) });
    }
  }
  if (shape === conversationShape)
    uses.set('conversationId', { kind: 'id' }).set('conversationStart', { kind: 'start' });
  if (shape.relation === 'participants') uses.set('attributes', { kind: 'attributes' });
  return { relation, uses, emptyRow: relation.columns.map(() => null) };
}

function relationOf(shape: TableShape, path: string): Relation {
  const fields = Object.entries(shape.fields);
  return {
    index: collected.length,
    name: shape.relation,
    path,
    positionCount: shape.positions.length,
    columns: [
      ...shape.positions.map((name) => ({ name, type: 'smallint' as const })),
      ...fields.map(([key, type]) => ({ name: columnOf(key), type })),
      { name: 'extra', type: 'json' },
    ],
    keys: [...shape.positions.map(() => null), ...fields.map(([key]) => key), null],
  };
}

export const rootNode = compile(conversationShape, '');

/** All relations of the record but its attributes; the first is `conversations`. */
export const relations: readonly Relation[] = collected;

export const conversationsRelation = rootNode.relation;

export const participantsRelation = relations.find((relation) => relation.name === 'participants') as Relation;

export function columnIndex(relation: Relation, name: string): number {
  const index = relation.columns.findIndex((column) => column.name === name);
  if (index === -1) throw new Error(`relation ${relation.name} has no column ${name}`);
  return index;
}
