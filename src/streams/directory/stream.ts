import type { EntityPages, GenesysApi } from '../../genesys/api.js';
import { ApiError, apiOutage, DeferredError } from '../../lib/errors.js';
import { hourMs, minuteMs } from '../../lib/interval.js';
import type { EntityBatch, EntityRow, Page, Reject, Slice, Stream, StreamContext } from '../../model/extraction.js';
import { entityKinds } from './entities.js';
import type { EntityKind } from './entity-kind.js';
import { entityRow, isReject } from './rows.js';

const periodMs = 6 * hourMs;
/** More entities than any organisation has; an endless listing must not fill the memory. */
const entitiesMax = 500_000;

/**
 * Lists the directory, one relation per page: names, divisions and settings that reports join facts
 * with. A listing is held in memory until it is complete, because only a complete one shows what
 * was deleted. A listing without permission is named in a warning; one that fails stays pending
 * until it works. The others are stored in either case.
 */
export function directoryStream(api: GenesysApi): Stream {
  return {
    name: 'directory',
    kind: 'snapshot',
    priority: 0,
    isPrerequisite: true,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => periodMs,
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages(api, slice, context),
  };
}

async function* pages(api: GenesysApi, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const done = new Set((slice.cursor as { done: readonly string[] } | null)?.done ?? []);
  const refusals: ApiError[] = [];
  let failure: unknown;
  for (const kind of entityKinds) {
    if (done.has(kind.relation)) continue;
    const cursor = { done: [...done, kind.relation] };
    try {
      yield await relationPage(kind, kind.list(api, { signal: context.signal, priority: 0 }), cursor);
    } catch (error) {
      if (isFatal(error, context.signal)) throw error;
      if (!isUnavailable(error)) {
        failure ??= error;
        continue;
      }
      context.log.warn(
        { relation: kind.relation, reason: error.message },
        `${kind.relation} skipped: missing permission`,
      );
      refusals.push(error);
      yield { asOf: context.now(), cursor, batches: [], rejects: [], recordCount: 0 };
    }
    done.add(kind.relation);
  }
  if (failure !== undefined) throw failure;
  // If no listing may be read, the stream itself is unavailable.
  if (refusals.length === entityKinds.length) throw refusals[0];
}

/** Returns true for an error that the next listing would meet as well. */
function isFatal(error: unknown, signal: AbortSignal): boolean {
  const isLogin = error instanceof ApiError && error.facts.operation === 'login';
  return signal.aborted || error instanceof DeferredError || isLogin || apiOutage(error) !== undefined;
}

/** Returns true if the permission or the product is missing, so that a retry would not help. */
export function isUnavailable(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.facts.action === 'unavailable' || isGone(error));
}

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.facts.status === 404;
}

async function relationPage(kind: EntityKind, listing: EntityPages, cursor: { done: string[] }): Promise<Page> {
  const rows: EntityRow[] = [];
  const rejects: Reject[] = [];
  let asOf: Date | undefined;
  for await (const page of listing) {
    asOf ??= page.requestedAt;
    for (const entity of page.entities) {
      const row = entityRow(kind, kind.prepare?.(entity) ?? entity);
      const isDeleted = page.operation === kind.deletedOperation || kind.isDeleted?.(entity) === true;
      if (isReject(row)) rejects.push(row);
      else rows.push(isDeleted ? { ...row, deleted_at: page.requestedAt } : row);
    }
    if (rows.length > entitiesMax)
      throw new Error(`The listing of ${kind.relation} gave more than ${entitiesMax} entities.`);
  }
  if (asOf === undefined) throw new Error(`The listing of ${kind.relation} gave no page.`);
  return { asOf, cursor, batches: [entityBatch(kind, rows)], rejects, recordCount: rows.length };
}

export function entityBatch(
  kind: Pick<EntityKind, 'relation' | 'idColumns' | 'historyColumns'>,
  rows: readonly EntityRow[],
  scope?: EntityBatch['scope'],
): EntityBatch {
  const { relation, idColumns, historyColumns } = kind;
  return { kind: 'entities', relation, idColumns, historyColumns, ...(scope && { scope }), rows };
}
