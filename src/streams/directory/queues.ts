import type { EntityPages, GenesysApi } from '../../genesys/api.js';
import { dayMs, minuteMs } from '../../lib/interval.js';
import type { EntityBatch, EntityRow, Page, Reject, Slice, Stream, StreamContext } from '../../model/extraction.js';
import { listQueueIds } from './queue-ids.js';
import { queueMembers, queueWrapupCodes } from './queue-relations.js';
import { entityRow, isReject } from './rows.js';
import { entityBatch, isGone, isUnavailable } from './stream.js';

const rowsMax = 200_000;

const relations = [
  {
    kind: queueMembers,
    list: (api: GenesysApi, queueId: string, call: object) => api.listQueueMembers(queueId, call),
  },
  {
    kind: queueWrapupCodes,
    list: (api: GenesysApi, queueId: string, call: object) => api.listQueueWrapupCodes(queueId, call),
  },
];

/**
 * Pulls members and wrap-up codes of every queue once a day, because each costs at least one
 * request per queue. A queue that has been deleted by the time of its request has neither.
 */
export function queueDirectoryStream(api: GenesysApi): Stream {
  return {
    name: 'queue_directory',
    kind: 'snapshot',
    priority: 2,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => dayMs,
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages(api, slice, context),
  };
}

/** `after`: the last queue whose relations are stored, in id order. */
interface Cursor {
  readonly after: string;
}

async function* pages(api: GenesysApi, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const after = (slice.cursor as Cursor | null)?.after ?? '';
  const queueIds = await listQueueIds(api, context, 1);
  const offered = [...relations];
  for (const queueId of queueIds.filter((id) => id > after)) {
    const page = await queuePage(api, queueId, offered, context);
    if (offered.length === 0) throw page;
    if (!(page instanceof Error)) yield page;
  }
  yield deletedQueuesPage(queueIds, offered, context.now());
}

/**
 * Reads one queue's relations. A relation without permission is removed from `offered`; the refusal
 * is returned when nothing is left.
 */
async function queuePage(
  api: GenesysApi,
  queueId: string,
  offered: (typeof relations)[number][],
  context: StreamContext,
): Promise<Page | Error> {
  const batches: EntityBatch[] = [];
  const rejects: Reject[] = [];
  let asOf = context.now();
  let refusal: Error | undefined;
  for (const relation of [...offered]) {
    const { kind, list } = relation;
    try {
      const listing = await readListing(kind, queueId, list(api, queueId, { signal: context.signal, priority: 1 }));
      asOf = listing.asOf < asOf ? listing.asOf : asOf;
      rejects.push(...listing.rejects);
      batches.push(entityBatch(kind, listing.rows, { column: 'queue_id', values: [queueId] }));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (isGone(error)) {
        batches.push(entityBatch(kind, [], { column: 'queue_id', values: [queueId] }));
        continue;
      }
      context.log.warn(
        { relation: kind.relation, reason: error.message },
        `${kind.relation} skipped: missing permission`,
      );
      offered.splice(offered.indexOf(relation), 1);
      refusal = error;
    }
  }
  if (offered.length === 0 && refusal !== undefined) return refusal;
  const recordCount = batches.reduce((sum, batch) => sum + batch.rows.length, 0);
  return { asOf, batches, rejects, cursor: { after: queueId }, recordCount };
}

async function readListing(kind: typeof queueMembers, queueId: string, listing: EntityPages) {
  const rows: EntityRow[] = [];
  const rejects: Reject[] = [];
  let asOf: Date | undefined;
  for await (const page of listing) {
    asOf ??= page.requestedAt;
    for (const entity of page.entities) {
      const row = entityRow(kind, entity, { queue_id: queueId });
      if (isReject(row)) rejects.push(row);
      else rows.push(row);
    }
    if (rows.length > rowsMax)
      throw new Error(`The listing of ${kind.relation} of queue ${queueId} gave more than ${rowsMax} entries.`);
  }
  if (asOf === undefined) throw new Error(`The listing of ${kind.relation} of queue ${queueId} gave no page.`);
  return { asOf, rows, rejects };
}

/** Builds a page that removes members and codes of queues that are no longer listed. */
function deletedQueuesPage(queueIds: readonly string[], offered: typeof relations, asOf: Date): Page {
  const scope = { column: 'queue_id', values: queueIds, isExcept: true };
  const batches = offered.map(({ kind }) => entityBatch(kind, [], scope));
  return { asOf, batches, rejects: [], cursor: { after: queueIds.at(-1) ?? '' }, recordCount: 0 };
}
