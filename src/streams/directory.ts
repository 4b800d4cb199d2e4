import type { EntityPages, GenesysApi, JsonObject } from '../genesys/api.js';
import { hourMs, minuteMs } from '../interval.js';
import type { EntityBatch, EntityRow, Page, Slice, Stream, StreamContext } from '../protocol.js';
import { type EntityKind, entityKinds } from './entities.js';

const periodMs = 6 * hourMs;
/** More entities than any organisation may have; a listing that never ends must not fill the memory. */
const entitiesMax = 500_000;

/**
 * The directory's listings, one relation a page: names, divisions and settings that facts are read with. A listing is held until it is
 * whole, because only a whole listing says what is gone.
 */
export function directoryStream(api: GenesysApi): Stream {
  return {
    name: 'directory',
    kind: 'snapshot',
    priority: 0,
    isDefault: true,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => periodMs,
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages(api, slice, context),
  };
}

async function* pages(api: GenesysApi, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const done = (slice.cursor as { done: number } | null)?.done ?? 0;
  for (const [index, kind] of entityKinds.entries()) {
    if (index < done) continue;
    yield await relationPage(kind, kind.list(api, { signal: context.signal, priority: 0 }), { done: index + 1 });
  }
}

async function relationPage(kind: EntityKind, listing: EntityPages, cursor: { done: number }): Promise<Page> {
  const rows: EntityRow[] = [];
  let asOf: Date | undefined;
  for await (const page of listing) {
    asOf ??= page.requestedAt;
    const deleted = page.operation === kind.deletedOperation ? { deleted_at: page.requestedAt } : {};
    for (const entity of page.entities) rows.push({ ...entityRow(kind, entity), ...deleted });
    if (rows.length > entitiesMax)
      throw new Error(`The listing of ${kind.relation} gave more than ${entitiesMax} entities.`);
  }
  const batch: EntityBatch = {
    kind: 'entities',
    relation: kind.relation,
    idColumns: [kind.idColumn],
    historyColumns: kind.historyColumns,
    rows,
  };
  if (asOf === undefined) throw new Error(`The listing of ${kind.relation} gave no page.`);
  return { asOf, cursor, batches: [batch], rejects: [], recordCount: rows.length };
}

/** Columns by path; what no column took goes to `extra`, so that nothing of the entity is lost. */
export function entityRow(kind: EntityKind, entity: JsonObject): EntityRow {
  const rest = structuredClone(entity) as Record<string, unknown>;
  const row: Record<string, unknown> = {};
  for (const [column, path] of Object.entries(kind.columns)) row[column] = take(rest, path.split('.')) ?? null;
  for (const key of kind.ignored) delete rest[key];
  row.extra = Object.keys(rest).length === 0 ? null : rest;
  return row;
}

/** Removes and returns the value at a path, and the objects that its removal leaves empty. */
function take(holder: Record<string, unknown>, [key, ...path]: string[]): unknown {
  if (key === undefined) return undefined;
  const value = holder[key];
  if (path.length === 0) {
    delete holder[key];
    return value;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const taken = take(value as Record<string, unknown>, path);
  if (Object.keys(value).length === 0) delete holder[key];
  return taken;
}
