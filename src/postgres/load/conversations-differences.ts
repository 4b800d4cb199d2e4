/** Finds the rows of a conversation that changed, and their fields, from its stored rows and its new ones. */

import { addDifferences } from '../../conversation/differences.js';
import type { Relation } from '../../conversation/relations.js';
import { type ConversationTable, keyColumns } from '../../conversation/tables.js';
import {
  isSameField,
  isSameRow,
  jsonIn,
  type RowBytes,
  rowsIn,
  type Tuple,
  tupleOf,
} from '../../values/copy-reader.js';
import type { Run } from '../connection/copy.js';

/** Lists the rows to remove from and to add to one table. A row that changed is in both lists. */
export interface RowChanges {
  readonly removed: readonly RowBytes[];
  readonly added: readonly RowBytes[];
  /** Stored and new row of the same positions. */
  readonly changed: readonly (readonly [before: RowBytes, after: RowBytes])[];
}

/** Compares the rows of one conversation in one table; undefined when all are the same, which most are. */
export function changesOf(table: ConversationTable, before: Run | undefined, after: Run): RowChanges | undefined {
  if (before === undefined && after.start === after.end) return undefined;
  if (before !== undefined && isSameRow(before, after)) return undefined;
  const former = new Map<string, RowBytes>();
  for (const row of before === undefined ? [] : rowsIn(before.bytes, before.start, before.end))
    former.set(positionsOf(row, table), row);
  const added: RowBytes[] = [];
  const changed: [RowBytes, RowBytes][] = [];
  for (const latter of rowsIn(after.bytes, after.start, after.end)) {
    const position = positionsOf(latter, table);
    const row = former.get(position);
    if (row !== undefined && isSameRow(row, latter)) {
      former.delete(position);
      continue;
    }
    added.push(latter);
    if (row !== undefined) changed.push([row, latter]);
  }
  return { removed: [...former.values()], added, changed };
}

/** Adds the paths in which rows of a relation changed. */
export function addChangedPaths(paths: Set<string>, relation: Relation, changes: RowChanges): void {
  const { removed, added, changed } = changes;
  if (added.length > changed.length || removed.length > changed.length) paths.add(relation.path);
  for (const [before, after] of changed) addFieldDifferences(paths, relation, tupleOf(before), tupleOf(after));
}

/** Positions follow the key, and all of these have a fixed size. */
function positionsOf(row: RowBytes, table: ConversationTable): string {
  return row.bytes.toString(
    'latin1',
    row.start + firstPosition,
    row.start + firstPosition + table.positionCount * positionBytes,
  );
}

/** Behind the column count, the start and the id. */
const firstPosition = 2 + 12 + 20;
const positionBytes = 6;

function addFieldDifferences(paths: Set<string>, relation: Relation, before: Tuple, after: Tuple): void {
  for (let index = relation.positionCount; index < relation.columns.length; index += 1) {
    const column = keyColumns.length + index;
    if (isSameField(before, after, column)) continue;
    const key = relation.keys[index] ?? null;
    const path = key === null ? relation.path : [relation.path, key].filter((part) => part !== '').join('.');
    // The database keeps keys of jsonb in an order of its own, so equal values may differ in bytes.
    if (relation.columns[index]?.type === 'json') {
      const empty = key === null ? {} : undefined;
      addDifferences(paths, path, jsonIn(before, column) ?? empty, jsonIn(after, column) ?? empty);
    } else {
      paths.add(path);
    }
  }
}
