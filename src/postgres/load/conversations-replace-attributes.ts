/** The attributes of conversations that come back different: they come with some sources only, and may belong to other participants now. */
import type { ClientBase } from 'pg';
import { type AttributeRow, moveAttributes, type ParticipantIds } from '../../conversation/attributes.js';
import { addAttributeDifferences, addDifferences } from '../../conversation/differences.js';
import { columnIndex, participantsRelation } from '../../conversation/relations.js';
import { attributesTable, keyColumns } from '../../conversation/tables.js';
import { jsonIn, type RowBytes, rowsIn, smallintIn, textIn, tupleOf, uuidIn } from '../../values/copy-reader.js';
import type { Run } from '../connection/copy.js';
import { type AttributeSet, copyAttributes } from './conversations-copy.js';
import type { Replaced, Work } from './conversations-replacement.js';
import { deleteRows, groupKeys, readRows, type StoredRow } from './conversations-stored-rows.js';

const participantNoColumn = keyColumns.length;
const participantIdColumn = keyColumns.length + columnIndex(participantsRelation, 'participant_id');
const [attributeNoColumn, nameColumn, valueColumn, extraColumn] = [3, 4, 5, 6] as const;

/** Writes the attributes where they differ from those stored, and finishes the works. */
export async function replaceAttributes(client: ClientBase, works: readonly Work[]): Promise<Replaced[]> {
  const touched = works.filter((work) => !areSettled(work));
  const withStored = touched.filter(
    ({ isStored, replacement }) => isStored && replacement.before.attributesAsOfMs !== null,
  );
  const keys = groupKeys(withStored.map(({ replacement }) => replacement.before));
  const stored = await readRows(client, attributesTable, keys);
  const removed: StoredRow[] = [];
  const added: AttributeSet[] = [];
  const incomplete = new Set<Work>();
  for (const work of touched) {
    const rows = rowsOf(stored.get(work.replacement.arrival.flat.conversationId));
    const settled = settleAttributes(work, rows.map(attributeRow));
    if (!settled.areComplete) incomplete.add(work);
    if (settled.isSame) continue;
    for (const row of rows) removed.push({ key: work.replacement.before, row });
    added.push(settled.set);
  }
  if (removed.length > 0) await deleteRows(client, attributesTable, removed);
  await copyAttributes(client, added);
  return works.map((work) => ({
    replacement: work.replacement,
    areAttributesComplete: !incomplete.has(work),
    changedPaths: work.changedPaths,
    movedFigures: work.movedFigures,
  }));
}

/** Returns true when the stored attributes remain as they are, without being read. */
function areSettled({ replacement, participants }: Work): boolean {
  const { arrival, before, decision } = replacement;
  const isMoved = before.conversationStart !== arrival.flat.conversationStart;
  return decision.content === 'changed' && decision.attributes !== 'replace' && !isMoved && participants === 'same';
}

interface Settled {
  readonly set: AttributeSet;
  readonly areComplete: boolean;
  /** These very rows are stored. */
  readonly isSame: boolean;
}

/** Resolves which attributes are stored, assigned to the participants of the version that is stored afterwards. */
function settleAttributes(work: Work, storedRows: readonly AttributeRow[]): Settled {
  const { arrival, before, decision } = work.replacement;
  const { flat } = arrival;
  const storedIds = storedParticipantIds(work);
  const isOwn = decision.attributes !== 'keep';
  const source = isOwn
    ? { rows: flat.attributes ?? [], participantIds: flat.participantIds }
    : { rows: storedRows, participantIds: storedIds };
  if (isOwn && before.attributesAsOfMs !== null) {
    addAttributeDifferences(work.changedPaths, { rows: storedRows, participantIds: storedIds }, source);
  }
  const isNewContent = decision.content !== 'older';
  const moved = moveAttributes(source.rows, source.participantIds, isNewContent ? flat.participantIds : storedIds);
  const conversationStart = isNewContent ? flat.conversationStart : before.conversationStart;
  return {
    set: { conversationStart, conversationId: flat.conversationId, rows: moved.rows },
    areComplete: moved.isComplete,
    isSame: conversationStart === before.conversationStart && isEqual(storedRows, moved.rows),
  };
}

/** The order of rows is that of the key on both sides. */
function isEqual(a: readonly AttributeRow[], b: readonly AttributeRow[]): boolean {
  const differences = new Set<string>();
  addDifferences(differences, '', a, b);
  return differences.size === 0;
}

/** An unchanged conversation has the participants that came. */
function storedParticipantIds({ replacement, participants }: Work): ParticipantIds {
  if (participants === 'same' || replacement.decision.content === 'unchanged')
    return replacement.arrival.flat.participantIds;
  const ids: (string | null)[] = [];
  for (const row of rowsOf(participants)) {
    const tuple = tupleOf(row);
    ids[smallintIn(tuple, participantNoColumn) - 1] = uuidIn(tuple, participantIdColumn);
  }
  return ids;
}

const rowsOf = (run: Run | undefined): RowBytes[] =>
  run === undefined ? [] : [...rowsIn(run.bytes, run.start, run.end)];

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
