/**
 * One conversation detail record (AnalyticsConversation) → rows of schema `genesys`. Nothing is
 * lost: fields without a column go to `extra`.
 */

import { isObject } from '../lib/json.js';
import { assertSize, unitsOf } from '../values/bounds.js';
import type { ColumnValue } from '../values/columns.js';
import { copyJson, escapeText, readableText } from '../values/escape.js';
import { parseInstant } from '../values/instant.js';
import { RecordError, shown } from '../values/record-error.js';
import { isUuid, LossyValue, readValue } from '../values/values.js';
import { type AttributeRow, attributeRows, type ParticipantIds } from './attributes.js';
import { derivedRowsOf } from './derived-facts.js';
import type { KeepBytes } from './encode.js';
import { type FlatConversation, flatConversation } from './flat-conversation.js';
import {
  columnIndex,
  type KeyUse,
  type Node,
  participantsRelation,
  type Relation,
  type Row,
  relations,
  rootNode,
} from './relations.js';

export { RecordError } from '../values/record-error.js';
export type { FlatConversation } from './flat-conversation.js';

type JsonObject = Readonly<Record<string, unknown>>;

interface Flattening {
  readonly rows: Row[][];
  attributes: AttributeRow[] | undefined;
  /** Keys and indexes from the root to the current object, for messages; `key` is the current key. */
  readonly path: (string | number)[];
  key: string;
  rowCount: number;
  /** True when `rows` has rows beyond the countable positions, which only facts use. */
  hasSurplus: boolean;
  /** Size as counted by `unitsOf`. */
  units: number;
}

const rowsMax = 200_000;
/** Positions are smallint. Further elements of a list are kept in `extra` of its object. */
const listLengthMax = 32_767;
/** Depth of a session's lists: facts are computed from all their objects, including those beyond the positions. */
const sessionPositions = 2;
const participantIdColumn = columnIndex(participantsRelation, 'participant_id');
const agentPurposes: readonly unknown[] = ['agent', 'user'];

/**
 * Flattens a record into rows. Throws RecordError for a record that cannot be stored: no usable id
 * or start, a time that is not an instant, numbers out of range, too deep or too large. `keep`
 * allocates memory for the encoded rows, fresh memory by default.
 */
export function flatten(record: unknown, keep?: KeepBytes): FlatConversation {
  if (!isObject(record)) throw new RecordError(`The record is ${shown(record)}, not an object.`);
  const conversationId = idOf(record);
  const conversationStart = startOf(record);
  const work = {
    rows: relations.map(() => []),
    attributes: undefined,
    path: [],
    key: '',
    rowCount: 0,
    hasSurplus: false,
    units: 0,
  };
  try {
    addRow(work, rootNode, record, []);
  } catch (error) {
    throw error instanceof RecordError ? located(error, work, conversationId) : error;
  }
  assertSize(record, work.units);
  const parts = {
    conversationId,
    conversationStart,
    isOpen: isOpen(record),
    rows: storableRows(work),
    attributes: work.attributes,
    participantIds: participantIdsOf(work.rows),
    derivedRows: derivedRowsOf({ conversationStart, rows: work.rows }),
  };
  return flatConversation(parts, keep);
}

function idOf(record: JsonObject): string {
  const id = record.conversationId;
  const lowerCase = typeof id === 'string' && id.length === 36 ? id.toLowerCase() : '';
  if (!isUuid(lowerCase)) throw new RecordError(`conversationId is ${shown(id)}, which is not a UUID.`);
  return lowerCase;
}

function startOf(record: JsonObject): number {
  const start = record.conversationStart;
  const instant = typeof start === 'string' ? parseInstant(start) : undefined;
  if (instant === undefined)
    throw new RecordError(`conversationStart is ${shown(start)}, which is not a valid instant.`);
  return instant.epochMs;
}

function located(error: RecordError, work: Flattening, conversationId: string): RecordError {
  const path = [...work.path, work.key].map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return new RecordError(`${readableText(path.join('').slice(1))} of conversation ${conversationId} ${error.message}.`);
}

function addRow(work: Flattening, node: Node, object: JsonObject, positions: readonly number[]): void {
  work.rowCount += 1;
  if (work.rowCount > rowsMax) throw new RecordError(`is beyond the ${rowsMax} rows that one record may have`);
  const row = node.emptyRow.slice();
  for (let index = 0; index < positions.length; index += 1) row[index] = positions[index] as number;
  (work.rows[node.relation.index] as Row[]).push(row);
  let extra: Record<string, unknown> | null = null;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const use = node.uses.get(key);
    work.key = key;
    work.units += key.length + 1;
    if (use !== undefined && isStored(work, use, row, value, positions)) continue;
    const kept = use?.kind === 'list' ? beyondPositions(value) : value;
    work.units += unitsOf(kept);
    extra ??= Object.create(null) as Record<string, unknown>;
    extra[escapeText(key)] = copyJson(kept, escapeText);
  }
  if (extra !== null) row[row.length - 1] = extra;
}

/**
 * Stores the value in its column or rows; false when it must (also) go to `extra`, for a long list
 * of objects only its end.
 */
function isStored(
  work: Flattening,
  use: KeyUse,
  row: ColumnValue[],
  value: unknown,
  positions: readonly number[],
): boolean {
  switch (use.kind) {
    case 'field': {
      work.units += unitsOf(value);
      const read = readValue(use.type, value);
      const isLossy = read instanceof LossyValue;
      row[use.column] = isLossy ? read.column : read;
      return !isLossy;
    }
    case 'list':
      return isListStored(work, use.node, value, positions);
    case 'object':
      return isObjectStored(work, use.node, value, positions);
    case 'id':
      return isUuid(value);
    case 'start':
      return parseInstant(value as string)?.isCanonical === true;
    case 'attributes':
      work.units += unitsOf(value);
      work.attributes ??= [];
      for (const attribute of attributeRows(positions[0] as number, value)) work.attributes.push(attribute);
      return true;
  }
}

function isObjectStored(work: Flattening, node: Node, value: unknown, positions: readonly number[]): boolean {
  if (!isObject(value)) return false;
  work.path.push(work.key);
  addRow(work, node, value, positions);
  work.path.pop();
  return true;
}

function isListStored(work: Flattening, node: Node, value: unknown, positions: readonly number[]): boolean {
  if (!isListOfObjects(value)) return false;
  const isLong = value.length > listLengthMax;
  const isForFacts = isLong && positions.length === sessionPositions;
  const count = isLong && !isForFacts ? listLengthMax : value.length;
  work.hasSurplus ||= isForFacts;
  work.path.push(work.key);
  for (let index = 0; index < count; index += 1) {
    work.path.push(index);
    addRow(work, node, value[index] as JsonObject, [...positions, index + 1]);
    work.path.pop();
  }
  work.key = work.path.pop() as string;
  return !isLong;
}

function isListOfObjects(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

/** Returns the end of a list whose beginning is stored in rows; anything else unchanged. */
function beyondPositions(value: unknown): unknown {
  return isListOfObjects(value) ? value.slice(listLengthMax) : value;
}

/** Returns the rows that the tables can hold. */
function storableRows({ rows, hasSurplus }: Flattening): readonly (readonly Row[])[] {
  if (!hasSurplus) return rows;
  return rows.map((ofRelation, index) => {
    const last = (relations[index] as Relation).positionCount - 1;
    return last < 0 ? ofRelation : ofRelation.filter((row) => (row[last] as number) <= listLengthMax);
  });
}

function participantIdsOf(rows: readonly (readonly Row[])[]): ParticipantIds {
  return (rows[participantsRelation.index] as readonly Row[]).map((row) => row[participantIdColumn] as string | null);
}

function isOpen(record: JsonObject): boolean {
  if (typeof record.conversationEnd !== 'string') return true;
  return objectsIn(record.participants).some(
    (participant) =>
      agentPurposes.includes(participant.purpose) &&
      objectsIn(participant.sessions).some((session) =>
        objectsIn(session.segments).some((segment) => typeof segment.segmentEnd !== 'string'),
      ),
  );
}

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
