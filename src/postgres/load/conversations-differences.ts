/** Finds the rows of a conversation that changed, and their fields, from its stored rows and its new ones. */

import { addDifferences } from '../../conversation/differences.js';
import { asOfBytes } from '../../conversation/encode.js';
import { conversationsRelation, type Relation } from '../../conversation/relations.js';
import { type ConversationTable, keyColumns } from '../../conversation/tables.js';
import {
  endOfRow,
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
  // Stored rows that were found to be the same are the newcomer's own bytes here.
  if (before !== undefined && (before.bytes === after.bytes || isSameRow(before, after))) return undefined;
  const changes: Changes = { removed: [], added: [], changed: [] };
  const left = pairInOrder(table, before, after, changes);
  pairByPosition(table, left, changes);
  return changes;
}

interface Changes {
  readonly removed: RowBytes[];
  readonly added: RowBytes[];
  readonly changed: [RowBytes, RowBytes][];
}

interface Sides {
  readonly before: Run | undefined;
  readonly after: Run;
}

/** Pairs rows from the beginning while their positions agree, as in most changes, and returns the rows that are left. */
function pairInOrder(table: ConversationTable, before: Run | undefined, after: Run, changes: Changes): Sides {
  if (before === undefined) return { before, after };
  let [former, latter] = [before.start, after.start];
  while (former < before.end && latter < after.end) {
    const latterRow = { bytes: after.bytes, start: latter, end: endOfRow(after.bytes, latter) };
    const sameEnd = former + latterRow.end - latter;
    const isSame = sameEnd <= before.end && isSameRow({ bytes: before.bytes, start: former, end: sameEnd }, latterRow);
    if (!isSame) {
      const formerRow = { bytes: before.bytes, start: former, end: endOfRow(before.bytes, former) };
      if (!hasSamePositions(table, formerRow, latterRow)) break;
      changes.removed.push(formerRow);
      changes.added.push(latterRow);
      changes.changed.push([formerRow, latterRow]);
    }
    former = isSame ? sameEnd : endOfRow(before.bytes, former);
    latter = latterRow.end;
  }
  return { before: { ...before, start: former }, after: { ...after, start: latter } };
}

function pairByPosition(table: ConversationTable, { before, after }: Sides, changes: Changes): void {
  const former = new Map<string, RowBytes>();
  for (const row of before === undefined ? [] : rowsIn(before.bytes, before.start, before.end))
    former.set(positionsOf(row, table), row);
  for (const latter of rowsIn(after.bytes, after.start, after.end)) {
    const position = positionsOf(latter, table);
    const row = former.get(position);
    if (row !== undefined && isSameRow(row, latter)) {
      former.delete(position);
      continue;
    }
    changes.added.push(latter);
    if (row !== undefined) changes.changed.push([row, latter]);
  }
  changes.removed.push(...former.values());
}

/** Adds the paths in which rows of a relation changed. */
export function addChangedPaths(paths: Set<string>, relation: Relation, changes: RowChanges): void {
  const { removed, added, changed } = changes;
  if (added.length > changed.length || removed.length > changed.length) paths.add(relation.path);
  for (const [before, after] of changed) {
    if (isSameButAsOf(relation, before, after)) continue;
    addFieldDifferences(paths, relation, tupleOf(before), tupleOf(after));
  }
}

/** Most rows of `conversations` differ in their last column only, which is not a field of the record. */
function isSameButAsOf(relation: Relation, before: RowBytes, after: RowBytes): boolean {
  if (relation !== conversationsRelation) return false;
  return isSameRow({ ...before, end: before.end - asOfBytes }, { ...after, end: after.end - asOfBytes });
}

/** Positions follow the key, and all of these have a fixed size. */
function positionsOf(row: RowBytes, table: ConversationTable): string {
  return row.bytes.toString(
    'latin1',
    row.start + firstPosition,
    row.start + firstPosition + table.positionCount * positionBytes,
  );
}

function hasSamePositions(table: ConversationTable, before: RowBytes, after: RowBytes): boolean {
  for (let at = firstPosition; at < firstPosition + table.positionCount * positionBytes; at += positionBytes) {
    if (before.bytes.readInt16BE(before.start + at + 4) !== after.bytes.readInt16BE(after.start + at + 4)) return false;
  }
  return true;
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
