/**
 * Loads conversations: COPY straight into the tables, nothing written for what is unchanged, of a changed conversation only rows that differ.
 */
import type { ClientBase } from 'pg';
import { attributesText } from '../../conversation/attributes.js';
import { digestOf } from '../../conversation/encode.js';
import { decide, type IncomingVersion, settle } from '../../conversation/version.js';
import type { StoreCounts } from '../../model/extraction.js';
import { markChangedDays } from './changed-days.js';
import { type AttributeSet, copyAttributes, copyConversations } from './conversations-copy.js';
import { type IncomingConversation, mergeArrivals } from './conversations-merge.js';
import { replaceConversations } from './conversations-replace.js';
import type { Replacement } from './conversations-replacement.js';
import { insertRestatements } from './conversations-restate.js';
import {
  claimStored,
  insertStored,
  lockStored,
  type StoredConversation,
  updateStored,
} from './conversations-versions.js';

export interface LoadContext {
  /** Name of the stream, for `extract.restatements`. */
  readonly stream: string;
  readonly now: Date;
  /**
   * True where an attempt met another loader of the same conversations. New ones are then claimed before anything else, which waits for
   * others instead of failing, so that a loader among many does not lose again and again.
   */
  readonly meetsOthers?: boolean;
}

/** Name of what is loaded here, in `extract.changed_days`. */
const conversationsSource = 'conversations';
/** The stored rows of so many conversations are in memory at once, to be compared with the new ones. */
const replacementsPerPart = 1_000;

/**
 * Joins on a handful of ids must probe indexes: with statistics from before a partition was filled the planner would rather read all of it.
 * A generic plan would have been made for an empty table. Rows read by an index come in the order of positions, in which they are compared.
 */
const plannerSettings = `
  set local plan_cache_mode = force_custom_plan;
  set local enable_seqscan = off;
  set local enable_hashjoin = off;
  set local enable_mergejoin = off;
  set local enable_bitmapscan = off;
  set local jit = off`;

/**
 * Stores conversations in the caller's transaction, which the caller commits together with its checkpoint. Partitions must exist.
 * Another loader of the same conversations makes it throw what `isLoadConflict` recognises: roll back, then load the same again.
 * The planner settings apply until the transaction ends.
 */
export async function loadConversations(
  client: ClientBase,
  incoming: readonly IncomingConversation[],
  context: LoadContext,
): Promise<StoreCounts> {
  const arrivals = mergeArrivals(incoming);
  if (arrivals.length === 0) return { records: 0, changedRecords: 0, deadLetters: 0 };
  await client.query(plannerSettings);
  const stored = await lockStored(
    client,
    arrivals.map((arrival) => arrival.flat.conversationId),
  );
  if (context.meetsOthers === true) await claimMissing(client, arrivals, stored);
  const known = arrivals.filter(({ flat }) => stored.has(flat.conversationId));
  const unknown = arrivals.filter(({ flat }) => !stored.has(flat.conversationId));
  const changed = known.length === 0 ? 0 : await loadKnown(client, known, stored, context);
  await loadNew(client, unknown, context);
  await markChangedDays(client, conversationsSource, startsOf(unknown));
  return { records: incoming.length, changedRecords: changed + unknown.length, deadLetters: 0 };
}

const startsOf = (arrivals: readonly IncomingConversation[]): number[] =>
  arrivals.map(({ flat }) => flat.conversationStart);

/** True for errors that only say that another transaction was at the same conversations. */
export function isLoadConflict(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23505' || code === '40P01' || code === '40001';
}

/** Claims the conversations that are not in `stored`, and adds to it those that another loader has stored meanwhile. */
async function claimMissing(
  client: ClientBase,
  arrivals: readonly IncomingConversation[],
  stored: Map<string, StoredConversation>,
): Promise<void> {
  const missing = arrivals.filter(({ flat }) => !stored.has(flat.conversationId));
  const claimed = await claimStored(client, missing.map(storedVersion));
  const lost = missing.map(({ flat }) => flat.conversationId).filter((id) => !claimed.has(id));
  for (const [id, version] of await lockStored(client, lost)) stored.set(id, version);
  if (lost.some((id) => !stored.has(id))) throw new VanishedError('A conversation was removed while it was stored.');
}

/** Reported by `isLoadConflict`, with the code of a failed serialization. */
class VanishedError extends Error {
  readonly code = '40001';
}

async function loadNew(
  client: ClientBase,
  arrivals: readonly IncomingConversation[],
  { meetsOthers }: LoadContext,
): Promise<void> {
  if (arrivals.length === 0) return;
  // First, so that a conversation that another loader has stored meanwhile is noticed before anything else is sent.
  if (meetsOthers !== true) await insertStored(client, arrivals.map(storedVersion));
  await copyConversations(client, arrivals);
  await copyAttributes(client, arrivals.map(ownAttributes));
}

/** Returns how many conversations were written. */
async function loadKnown(
  client: ClientBase,
  arrivals: readonly IncomingConversation[],
  stored: ReadonlyMap<string, StoredConversation>,
  context: LoadContext,
): Promise<number> {
  const replacements: Replacement[] = [];
  const confirmed: StoredConversation[] = [];
  for (const arrival of arrivals) {
    const before = stored.get(arrival.flat.conversationId) as StoredConversation;
    const decision = decide(before, incomingVersion(arrival));
    if (decision.content === 'changed' || decision.attributes === 'replace') {
      replacements.push({ arrival, before, decision });
    } else {
      const after = laterVersion({ arrival, before, decision });
      if (after.asOfMs !== before.asOfMs || after.attributesAsOfMs !== before.attributesAsOfMs) confirmed.push(after);
    }
  }
  await updateStored(client, confirmed);
  for (let start = 0; start < replacements.length; start += replacementsPerPart) {
    await replace(client, replacements.slice(start, start + replacementsPerPart), context);
  }
  // A conversation whose start was restated leaves one day for another.
  const starts = replacements.flatMap(({ arrival, before }) => [
    before.conversationStart,
    arrival.flat.conversationStart,
  ]);
  await markChangedDays(client, conversationsSource, starts);
  return replacements.length;
}

async function replace(client: ClientBase, replacements: readonly Replacement[], context: LoadContext): Promise<void> {
  const replaced = await replaceConversations(client, replacements);
  const versions = replaced.map((each) => {
    const after = laterVersion(each.replacement);
    return each.areAttributesComplete ? after : { ...after, attributesHash: null };
  });
  await updateStored(client, versions);
  await insertRestatements(client, replaced, context);
}

function incomingVersion(arrival: IncomingConversation): IncomingVersion {
  const { contentHash, attributes, participantIds } = arrival.flat;
  if (attributes === undefined) return { asOfMs: arrival.asOfMs, contentHash, attributes: undefined };
  const digest = digestOf(attributesText(attributes, participantIds));
  return { asOfMs: arrival.asOfMs, contentHash, attributes: { asOfMs: arrival.attributesAsOfMs, hash: digest } };
}

/** The version of a conversation that was not stored before. */
function storedVersion(arrival: IncomingConversation): StoredConversation {
  const incoming = incomingVersion(arrival);
  const { conversationId, conversationStart, isOpen } = arrival.flat;
  return { conversationId, conversationStart, isOpen, ...settle(undefined, incoming, decide(undefined, incoming)) };
}

/** The version of a stored conversation after the arrival. */
function laterVersion(replacement: Replacement): StoredConversation {
  const { arrival, before, decision } = replacement;
  const incoming = incomingVersion(arrival);
  const { conversationId, conversationStart, isOpen } = decision.content === 'older' ? before : arrival.flat;
  return { conversationId, conversationStart, isOpen, ...settle(before, incoming, decision) };
}

function ownAttributes(arrival: IncomingConversation): AttributeSet {
  const { conversationStart, conversationId, attributes } = arrival.flat;
  return { conversationStart, conversationId, rows: attributes ?? [] };
}
