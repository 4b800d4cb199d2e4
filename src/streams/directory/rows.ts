import type { JsonObject } from '../../genesys/api.js';
import type { EntityRow, Reject } from '../../model/extraction.js';
import { nestingFault } from '../../values/bounds.js';
import { parseInstant } from '../../values/instant.js';
import { toJson } from '../../values/json.js';
import { LossyValue, readValue } from '../../values/values.js';

export type EntityColumnType = 'uuid' | 'text' | 'time' | 'bigint' | 'boolean' | 'json';

export interface EntityColumn {
  /** Path of the value in the entity, e.g. `division.id`. */
  readonly path: string;
  readonly type: EntityColumnType;
}

/** Describes how the members of an entity are stored. */
export interface EntityShape {
  readonly idColumns: readonly string[];
  readonly columns: Readonly<Record<string, EntityColumn>>;
  /** Members that are not part of the entity itself. */
  readonly ignored: readonly string[];
}

const recordIdCharactersMax = 200;

/**
 * Maps an entity's members to columns by path. Members without a column, and values that do not fit
 * theirs, go to `extra`, so that nothing is lost and no entity fails its listing; an entity without
 * a usable id is a reject.
 */
export function entityRow(shape: EntityShape, entity: JsonObject, known: EntityRow = {}): EntityRow | Reject {
  const tooDeep = nestingFault(entity);
  if (tooDeep !== undefined) return rejectOf(entity, `The entity ${tooDeep}.`);
  const rest = structuredClone(entity) as Record<string, unknown>;
  const row: Record<string, unknown> = {};
  for (const [column, { path, type }] of Object.entries(shape.columns))
    row[column] = known[column] ?? takeColumn(rest, path.split('.'), type);
  for (const idColumn of shape.idColumns) if (row[idColumn] === null) return reject(shape, idColumn, entity);
  for (const key of shape.ignored) delete rest[key];
  row.extra = Object.keys(rest).length === 0 ? null : rest;
  return row;
}

export function isReject(row: EntityRow | Reject): row is Reject {
  return typeof row.reason === 'string' && 'recordId' in row && 'record' in row;
}

function reject(shape: EntityShape, idColumn: string, entity: JsonObject): Reject {
  const path = shape.columns[idColumn]?.path ?? idColumn;
  return rejectOf(entity, `${idColumn} (${path}) is missing or not usable.`);
}

function rejectOf(entity: JsonObject, reason: string): Reject {
  const id = typeof entity.id === 'string' ? entity.id.slice(0, recordIdCharactersMax) : null;
  return { recordId: id, reason, record: toJson(entity) };
}

/** Takes the value at a path for its column. Removes it from `holder` unless it could not be stored unchanged. */
function takeColumn(holder: Record<string, unknown>, path: readonly string[], type: EntityColumnType): unknown {
  const value = valueAt(holder, path);
  if (value === undefined) return null;
  const read = value === null ? null : readColumn(type, value);
  if (!(read instanceof LossyValue)) remove(holder, path);
  return read instanceof LossyValue ? read.column : read;
}

function readColumn(type: EntityColumnType, value: unknown): unknown {
  if (type !== 'time') return value === '' && type !== 'text' ? null : readValue(type, value);
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  return instant === undefined ? new LossyValue(null) : new Date(instant.epochMs).toISOString();
}

function valueAt(holder: unknown, path: readonly string[]): unknown {
  let value = holder;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Removes the value at a path, and the objects that its removal leaves empty. */
function remove(holder: Record<string, unknown>, [key = '', ...path]: readonly string[]): void {
  if (path.length === 0) {
    delete holder[key];
    return;
  }
  const inner = holder[key] as Record<string, unknown>;
  remove(inner, path);
  if (Object.keys(inner).length === 0) delete holder[key];
}
