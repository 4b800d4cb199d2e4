/** What happens to conversations that are stored already and come back different. */
import type { ClientBase } from 'pg';
import { type AttributeRow, moveAttributes, type ParticipantIds } from '../../conversation/attributes.js';
import { addAttributeDifferences } from '../../conversation/differences.js';
import { spanOf } from '../../conversation/encode.js';
import { columnIndex, participantsRelation, type Relation, relations } from '../../conversation/relations.js';
import { factsTable, type MovedFigure, movedCount, movedFigures } from '../../conversation/restated-figures.js';
import {
  attributesTable,
  type ConversationTable,
  contentTables,
  derivedTables,
  keyColumns,
} from '../../conversation/tables.js';
import type { Decision } from '../../conversation/version.js';
import { jsonIn, type RowBytes, rowsIn, smallintIn, textIn, tupleOf, uuidIn } from '../../values/copy-reader.js';
import type { AttributeSet } from './conversations-copy.js';
import { addRowDifferences } from './conversations-differences.js';
import type { Arrival } from './conversations-merge.js';
import { type RowsByConversation, readRows, removeRows, withPartition } from './conversations-remove.js';
import type { StoredConversation } from './conversations-versions.js';

/** A stored conversation whose content, attributes or both are to be written anew. */
export interface Replacement {
  readonly arrival: Arrival;
  readonly before: StoredConversation;
  readonly decision: Decision;
}

export interface Replaced {
  readonly replacement: Replacement;
  /** All of the conversation's attribute rows as they are to stand. */
  readonly attributes: AttributeSet;
  /** False when attributes had to be left out because their participant is not in the stored version. */
  readonly areAttributesComplete: boolean;
  /** Dotted paths without positions. */
  readonly changedPaths: ReadonlySet<string>;
  readonly movedFigures: readonly MovedFigure[];
}

const participantsTable = contentTables[participantsRelation.index] as ConversationTable;
const participantNoColumn = keyColumns.length;
const participantIdColumn = keyColumns.length + columnIndex(participantsRelation, 'participant_id');
const [attributeNoColumn, nameColumn, valueColumn, extraColumn] = [3, 4, 5, 6] as const;

/** Removes what the replacements make obsolete and says what is to be written instead and which fields differ. */
export async function removeReplaced(client: ClientBase, replacements: readonly Replacement[]): Promise<Replaced[]> {
  const before = replacements.map((each) => each.before);
  const present = new Set(await withPartition(client, before));
  const stored = replacements.filter((each) => present.has(each.before));
  const changed = stored.filter((each) => each.decision.content === 'changed');
  const paths = new Map(replacements.map((each) => [each, startDifference(each)]));
  const figures = new Map<string, MovedFigure[]>(changed.map((each) => [each.arrival.flat.conversationId, []]));
  const participants = await removeContent(client, changed, paths, figures);
  await removeDerived(client, changed, figures);
  const older = stored.filter((each) => each.decision.content === 'older');
  const otherParticipants = await readRows(client, participantsTable, keysOf(older));
  const withAttributes = stored.filter((each) => each.before.attributesAsOfMs !== null);
  const attributes = await removeRows(client, attributesTable, keysOf(withAttributes), true);
  return replacements.map((each) => {
    const id = each.arrival.flat.conversationId;
    const storedIds = participantIdsOf(participants.get(id) ?? otherParticipants.get(id), each);
    const storedRows = (attributes.get(id) ?? []).map(attributeRow);
    const changedPaths = paths.get(each) as Set<string>;
    const settled = settleAttributes(each, storedRows, storedIds, changedPaths);
    return { ...settled, replacement: each, changedPaths, movedFigures: figures.get(id) ?? [] };
  });
}

function keysOf(replacements: readonly Replacement[]): StoredConversation[] {
  return replacements.map((each) => each.before);
}

function startDifference(replacement: Replacement): Set<string> {
  const isMoved = replacement.before.conversationStart !== replacement.arrival.flat.conversationStart;
  return new Set(replacement.decision.content === 'changed' && isMoved ? ['conversationStart'] : []);
}

/** Removes all content, adding to `paths` what differs, and returns the participants' rows. */
async function removeContent(
  client: ClientBase,
  changed: readonly Replacement[],
  paths: ReadonlyMap<Replacement, Set<string>>,
  figures: ReadonlyMap<string, MovedFigure[]>,
): Promise<RowsByConversation> {
  const keys = keysOf(changed);
  let participants: RowsByConversation = new Map();
  for (const relation of relations) {
    const removed = await removeRows(client, contentTables[relation.index] as ConversationTable, keys, true);
    if (relation === participantsRelation) participants = removed;
    for (const each of changed) {
      const before = removed.get(each.arrival.flat.conversationId) ?? [];
      const { flat } = each.arrival;
      addRowDifferences(paths.get(each) as Set<string>, relation, before, flat);
      const rowCount = rowCountOf(flat, relation);
      figures
        .get(flat.conversationId)
        ?.push(...movedCount(relation.name, flat.conversationStart, before.length, rowCount));
    }
  }
  return participants;
}

function rowCountOf(flat: Arrival['flat'], relation: Relation): number {
  const { start, end } = spanOf(flat, contentTables[relation.index] as ConversationTable);
  let count = 0;
  for (const _ of rowsIn(flat.bytes, start, end)) count += 1;
  return count;
}

/** Removes derived rows; by how much the conversation's figures move comes from its former facts and its new ones. */
async function removeDerived(
  client: ClientBase,
  changed: readonly Replacement[],
  figures: ReadonlyMap<string, MovedFigure[]>,
): Promise<void> {
  for (const table of derivedTables) {
    const removed = await removeRows(client, table, keysOf(changed), table === factsTable);
    if (table !== factsTable) continue;
    for (const { arrival } of changed) {
      const { flat } = arrival;
      const { start, end } = spanOf(flat, factsTable);
      const after = rowsIn(flat.bytes, start, end);
      figures.get(flat.conversationId)?.push(...movedFigures(removed.get(flat.conversationId) ?? [], after));
    }
  }
}

type SettledAttributes = Pick<Replaced, 'attributes' | 'areAttributesComplete'>;

/** Whose attributes are written, put to the participants of the version that stands afterwards. */
function settleAttributes(
  replacement: Replacement,
  storedRows: readonly AttributeRow[],
  storedIds: ParticipantIds,
  changedPaths: Set<string>,
): SettledAttributes {
  const { arrival, before, decision } = replacement;
  const { flat } = arrival;
  const isOwn = decision.attributes !== 'keep';
  const source = isOwn
    ? { rows: flat.attributes ?? [], participantIds: flat.participantIds }
    : { rows: storedRows, participantIds: storedIds };
  if (isOwn && before.attributesAsOfMs !== null) {
    addAttributeDifferences(changedPaths, { rows: storedRows, participantIds: storedIds }, source);
  }
  const isNewContent = decision.content !== 'older';
  const moved = moveAttributes(source.rows, source.participantIds, isNewContent ? flat.participantIds : storedIds);
  const conversationStart = isNewContent ? flat.conversationStart : before.conversationStart;
  return {
    attributes: { conversationStart, conversationId: flat.conversationId, rows: moved.rows },
    areAttributesComplete: moved.isComplete,
  };
}

/** An unchanged conversation has the participants that came. */
function participantIdsOf(rows: readonly RowBytes[] | undefined, replacement: Replacement): ParticipantIds {
  if (replacement.decision.content === 'unchanged') return replacement.arrival.flat.participantIds;
  const ids: (string | null)[] = [];
  for (const row of rows ?? []) {
    const tuple = tupleOf(row);
    ids[smallintIn(tuple, participantNoColumn) - 1] = uuidIn(tuple, participantIdColumn);
  }
  return ids;
}

function attributeRow(row: RowBytes): AttributeRow {
  const tuple = tupleOf(row);
  return {
    participantNo: smallintIn(tuple, participantNoColumn),
    attributeNo: smallintIn(tuple, attributeNoColumn),
    name: textIn(tuple, nameColumn),
    value: textIn(tuple, valueColumn),
    extra: jsonIn(tuple, extraColumn) as Record<string, unknown> | null,
  };
}
