/**
 * Replaces conversations that are stored already and come back different: their stored rows are read back and compared with the new ones,
 * byte for byte, and only rows that differ are written.
 */
import type { ClientBase } from 'pg';
import { spanOf } from '../../conversation/encode.js';
import type { FlatConversation } from '../../conversation/flat-conversation.js';
import { conversationsRelation, participantsRelation, relations } from '../../conversation/relations.js';
import {
  factsTable,
  hasSameFigures,
  type MovedFigure,
  movedCount,
  movedFigures,
} from '../../conversation/restated-figures.js';
import { type ConversationTable, contentTables, derivedTables } from '../../conversation/tables.js';
import { type RowBytes, rowsIn } from '../../values/copy-reader.js';
import type { Run } from '../connection/copy.js';
import { conversationRuns, copyRuns } from './conversations-copy.js';
import { addChangedPaths, changesOf, type RowChanges } from './conversations-differences.js';
import { replaceAttributes } from './conversations-replace-attributes.js';
import type { Replaced, Replacement, Work } from './conversations-replacement.js';
import {
  deleteRows,
  groupKeys,
  type KeyGroup,
  type RowsByConversation,
  readRows,
  type StoredRow,
  withPartition,
} from './conversations-stored-rows.js';

const contentOrder = [
  ...relations.map((relation) => ({ relation, table: contentTables[relation.index] as ConversationTable })),
  ...derivedTables.map((table) => ({ relation: undefined, table })),
];
const conversationsTable = contentTables[conversationsRelation.index] as ConversationTable;
const participantsTable = contentTables[participantsRelation.index] as ConversationTable;

/** Makes the stored rows equal to the newcomers' and says which fields differed and which figures moved. */
export async function replaceConversations(
  client: ClientBase,
  replacements: readonly Replacement[],
): Promise<Replaced[]> {
  const present = new Set(
    await withPartition(
      client,
      replacements.map(({ before }) => before),
    ),
  );
  const works = replacements.map((replacement) => workOf(replacement, present.has(replacement.before)));
  const changed = works.filter(({ replacement }) => replacement.decision.content === 'changed');
  const groups = groupKeys(changed.filter(({ isStored }) => isStored).map(({ replacement }) => replacement.before));
  const newcomers = new Map(changed.map(({ replacement: { arrival } }) => [arrival.flat.conversationId, arrival.flat]));
  let reading = readAhead(client, conversationsTable, { groups, newcomers });
  for (const [index, { relation, table }] of contentOrder.entries()) {
    const stored = await reading;
    const following = contentOrder[index + 1]?.table;
    if (following !== undefined) reading = readAhead(client, following, { groups, newcomers });
    await replaceRows(client, table, { works: changed, stored }, (work, before, after, changes) => {
      if (table === participantsTable) work.participants = changes === undefined ? 'same' : before;
      if (changes === undefined || !work.isStored) return;
      if (relation !== undefined) addChangedPaths(work.changedPaths, relation, changes);
      work.movedFigures.push(...figuresOf(table, work, { before, after, changes }));
    });
  }
  const older = works.filter((work) => work.isStored && work.replacement.decision.content === 'older');
  const stored = groupKeys(older.map(({ replacement }) => replacement.before));
  const participants = await readRows(client, participantsTable, stored);
  for (const work of older) work.participants = participants.get(idOf(work));
  return replaceAttributes(client, works);
}

function workOf(replacement: Replacement, isStored: boolean): Work {
  const isMoved = replacement.before.conversationStart !== replacement.arrival.flat.conversationStart;
  const changedPaths = new Set(replacement.decision.content === 'changed' && isMoved ? ['conversationStart'] : []);
  return { replacement, isStored, changedPaths, movedFigures: [], participants: undefined };
}

const idOf = ({ replacement }: Work): string => replacement.arrival.flat.conversationId;
const rowsOf = (run: Run | undefined): RowBytes[] =>
  run === undefined ? [] : [...rowsIn(run.bytes, run.start, run.end)];

interface Wanted {
  readonly groups: readonly KeyGroup[];
  readonly newcomers: ReadonlyMap<string, FlatConversation>;
}

/** Reads rows while those of another table are compared here: the server has work meanwhile. An error is thrown where they are awaited. */
function readAhead(
  client: ClientBase,
  table: ConversationTable,
  { groups, newcomers }: Wanted,
): Promise<RowsByConversation> {
  const reading = readRows(client, table, groups, (conversationId) => {
    const flat = newcomers.get(conversationId);
    return flat === undefined ? undefined : { bytes: flat.bytes, ...spanOf(flat, table) };
  });
  reading.catch(() => {});
  return reading;
}

type Visit = (work: Work, before: Run | undefined, after: Run, changes: RowChanges | undefined) => void;

/** Writes what differs in one table, and shows `visit` what was there. */
async function replaceRows(
  client: ClientBase,
  table: ConversationTable,
  { works, stored }: { readonly works: readonly Work[]; readonly stored: RowsByConversation },
  visit: Visit,
): Promise<void> {
  const removed: StoredRow[] = [];
  const added: Run[] = [];
  for (const work of works) {
    const { arrival, before: key } = work.replacement;
    const before = stored.get(arrival.flat.conversationId);
    const after = { bytes: arrival.flat.bytes, ...spanOf(arrival.flat, table) };
    const changes = changesOf(table, before, after);
    visit(work, before, after, changes);
    if (changes === undefined) continue;
    for (const row of changes.removed) removed.push({ key, row });
    added.push(...changes.added);
  }
  if (removed.length > 0) await deleteRows(client, table, removed);
  // Every conversation has one row there, which is another with each instant that its source is valid as of.
  const runs =
    table === conversationsTable ? conversationRuns(works.map(({ replacement }) => replacement.arrival)) : added;
  await copyRuns(client, table, runs);
}

interface Compared {
  readonly before: Run | undefined;
  readonly after: Run;
  readonly changes: RowChanges;
}

const isEveryRowPaired = ({ removed, added, changed }: RowChanges): boolean =>
  removed.length === changed.length && added.length === changed.length;

/** Computes by how much figures change. Unchanged rows count in the figures before and after, so that they cancel out. */
function figuresOf(table: ConversationTable, work: Work, { before, after, changes }: Compared): MovedFigure[] {
  if (table === factsTable) {
    if (isEveryRowPaired(changes) && changes.changed.every(([former, latter]) => hasSameFigures(former, latter)))
      return [];
    return movedFigures(rowsOf(before), rowsOf(after));
  }
  if (changes.removed.length === changes.added.length) return [];
  const start = work.replacement.arrival.flat.conversationStart;
  return movedCount(table.name, start, rowsOf(before).length, rowsOf(after).length);
}
