/** Which fields of a conversation changed, from its stored rows and its new ones. */

import { addDifferences } from '../../conversation/differences.js';
import { type EncodedRows, spanOf } from '../../conversation/encode.js';
import type { Relation } from '../../conversation/relations.js';
import { type ConversationTable, contentTables, keyColumns } from '../../conversation/tables.js';
import {
  isSameField,
  isSameRow,
  jsonIn,
  type RowBytes,
  rowsIn,
  type Tuple,
  tupleOf,
} from '../../values/copy-reader.js';

/** Adds the paths in which the stored rows of one relation differ from its new ones. */
export function addRowDifferences(
  paths: Set<string>,
  relation: Relation,
  before: readonly RowBytes[],
  after: EncodedRows,
): void {
  const table = contentTables[relation.index] as ConversationTable;
  const span = spanOf(after, table);
  const former = new Map(before.map((row) => [positionsOf(row, table), row]));
  for (const latter of rowsIn(after.bytes, span.start, span.end)) {
    const position = positionsOf(latter, table);
    const row = former.get(position);
    if (row === undefined) paths.add(relation.path);
    else if (!isSameRow(row, latter)) addFieldDifferences(paths, relation, tupleOf(row), tupleOf(latter));
    former.delete(position);
  }
  if (former.size > 0) paths.add(relation.path);
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
