/** Which fields of a conversation changed, from its stored rows and its new ones. */
import { addDifferences } from '../conversation/differences.js';
import type { Relation } from '../conversation/relations.js';
import { isSameField, jsonIn, smallintIn, type Tuple, tuplesIn } from './copy-decode.js';
import type { EncodedConversations } from './load-encode.js';
import { contentTables, keyColumns, type LoadTable } from './load-tables.js';

/** Adds the paths in which the stored rows of one relation differ from the encoded ones of the conversation at `index`. */
export function addRowDifferences(
  paths: Set<string>,
  relation: Relation,
  before: readonly Tuple[],
  encoded: EncodedConversations,
  index: number,
): void {
  const table = contentTables[relation.index] as LoadTable;
  const span = encoded.span(index, table);
  const former = new Map(before.map((tuple) => [positionsOf(tuple, table), tuple]));
  for (const after of tuplesIn(encoded.bytes, span.start, span.end)) {
    const position = positionsOf(after, table);
    const tuple = former.get(position);
    if (tuple === undefined) paths.add(relation.path);
    else addFieldDifferences(paths, relation, tuple, after);
    former.delete(position);
  }
  if (former.size > 0) paths.add(relation.path);
}

function positionsOf(tuple: Tuple, table: LoadTable): string {
  let positions = '';
  for (let column = 0; column < table.positionCount; column += 1) {
    positions += `${smallintIn(tuple, keyColumns.length + column)}.`;
  }
  return positions;
}

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
