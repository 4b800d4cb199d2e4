/** Rebuilds the record from its rows; `genesys.conversation_json` is the same in SQL. */

import type { ColumnValue } from '../values/columns.js';
import { copyJson, unescapeText } from '../values/escape.js';
import type { AttributeRow } from './attributes.js';
import type { ConversationRows } from './conversation-rows.js';
import { type Node, type Relation, type Row, rootNode } from './relations.js';

type JsonObject = Record<string, unknown>;

/** Returns a record equal to the flattened one, key for key. */
export function recordOf(flat: ConversationRows): object {
  const { rows: allRows } = flat;
  const children = allRows.map((rows, index) => byParent(rows, parentDepths.get(index) ?? 0));
  const record = objectOf(rootNode, (allRows[rootNode.relation.index] as readonly Row[])[0] as Row, children, flat);
  return {
    conversationId: flat.conversationId,
    conversationStart: new Date(Math.floor(flat.conversationStart)).toISOString(),
    ...record,
  };
}

type Children = readonly ReadonlyMap<string, readonly Row[]>[];

/** Number of leading positions that a relation's rows share with their parent object, by relation. */
const parentDepths = new Map<number, number>();
(function collect(node: Node): void {
  for (const use of node.uses.values()) {
    if (use.kind !== 'list' && use.kind !== 'object') continue;
    parentDepths.set(use.node.relation.index, node.relation.positionCount);
    collect(use.node);
  }
})(rootNode);

function byParent(rows: readonly Row[], depth: number): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.slice(0, depth).join('.');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function objectOf(node: Node, row: Row, children: Children, flat: Pick<ConversationRows, 'attributes'>): JsonObject {
  const object: JsonObject = Object.create(null);
  const place = row.slice(0, node.relation.positionCount).join('.');
  for (const [key, use] of node.uses) {
    if (use.kind === 'field') {
      const value = row[use.column] as ColumnValue;
      if (value !== null)
        object[key] = use.type === 'time' ? new Date(Math.floor(value as number)).toISOString() : value;
    } else if (use.kind === 'list' || use.kind === 'object') {
      const below = children[use.node.relation.index]
        ?.get(place)
        ?.map((child) => objectOf(use.node, child, children, flat));
      if (below !== undefined) object[key] = use.kind === 'list' ? below : below[0];
    } else if (use.kind === 'attributes') {
      const rows = flat.attributes?.filter((attribute) => attribute.participantNo === row[0]) ?? [];
      if (rows.length > 0) object[key] = attributesOf(rows);
    }
  }
  return withExtra(node, object, extraOf(node.relation, row));
}

/**
 * Merges `extra` into an object: its values replace those of columns; for a list they are the
 * elements after the rows.
 */
function withExtra(node: Node, object: JsonObject, extra: JsonObject): JsonObject {
  for (const key of Object.keys(extra)) {
    const rows = node.uses.get(key)?.kind === 'list' ? object[key] : undefined;
    object[key] = rows === undefined ? extra[key] : [...(rows as unknown[]), ...(extra[key] as unknown[])];
  }
  return object;
}

function extraOf(relation: Relation, row: Row): JsonObject {
  return copyJson(row[relation.columns.length - 1] ?? {}, unescapeText) as JsonObject;
}

function attributesOf(rows: readonly AttributeRow[]): unknown {
  const map: JsonObject = Object.create(null);
  for (const row of rows) {
    const extra = copyJson(row.extra ?? {}, unescapeText) as JsonObject;
    const value = 'value' in extra ? extra.value : row.value;
    if (row.attributeNo === 0) return 'value' in extra ? value : {};
    map[(extra.name as string | undefined) ?? (row.name as string)] = value;
  }
  return map;
}
