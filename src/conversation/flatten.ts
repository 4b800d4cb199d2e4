/** One conversation detail record (AnalyticsConversation) → rows of schema `genesys`. Nothing is lost: what has no column is in `extra`. */
import { type AttributeRow, attributeRows, type ParticipantIds } from './attributes.js';
import { assertBounds } from './bounds.js';
import { derivedRelations } from './derived.js';
import { copyJson, escapeText } from './escape.js';
import { parseInstant } from './instant.js';
import { RecordError, shown } from './record-error.js';
import {
  type ColumnValue,
  columnIndex,
  type Node,
  participantsRelation,
  type Row,
  relations,
  rootNode,
} from './relations.js';
import { isUuid, Misfit, readValue } from './values.js';

export { RecordError } from './record-error.js';

export interface FlatConversation {
  /** Lower case. */
  readonly conversationId: string;
  /** Milliseconds since 1970, with a fraction where the record has microseconds. */
  readonly conversationStart: number;
  /** No end yet, or an agent's segment without one: to be read again by id. */
  readonly isOpen: boolean;
  /** Rows per relation, in the order of `relations`. */
  readonly rows: readonly (readonly Row[])[];
  /** Undefined when no participant carried the key, which says nothing about attributes already stored. */
  readonly attributes: readonly AttributeRow[] | undefined;
  readonly participantIds: ParticipantIds;
  /** Rows per derived relation, in the order of `derivedRelations`. */
  readonly derivedRows: readonly (readonly Row[])[];
  /** As it came: what a dead letter would keep. */
  readonly record: object;
}

type JsonObject = Readonly<Record<string, unknown>>;

interface Flattening {
  readonly rows: Row[][];
  attributes: AttributeRow[] | undefined;
  /** Keys and indexes from the root to the object in hand, for messages. */
  readonly path: (string | number)[];
  rowCount: number;
}

const rowsMax = 200_000;
/** Positions are smallint. */
const listLengthMax = 32_767;
const participantIdColumn = columnIndex(participantsRelation, 'participant_id');
const agentPurposes: readonly unknown[] = ['agent', 'user'];

/**
 * Throws RecordError for what cannot be stored: no usable id or start, a time that is no instant, numbers out of range, and records too
 * deep or too large.
 */
export function flatten(record: unknown): FlatConversation {
  if (!isObject(record)) throw new RecordError(`The record is ${shown(record)}, not an object.`);
  assertBounds(record);
  const conversationId = idOf(record);
  const conversationStart = startOf(record);
  const work: Flattening = { rows: relations.map(() => []), attributes: undefined, path: [], rowCount: 0 };
  try {
    addRow(work, rootNode, record, []);
  } catch (error) {
    throw error instanceof RecordError ? located(error, work.path, conversationId) : error;
  }
  const flat = {
    conversationId,
    conversationStart,
    isOpen: isOpen(record),
    rows: work.rows,
    attributes: work.attributes,
    participantIds: participantIdsOf(work.rows),
    derivedRows: [],
    record,
  };
  return { ...flat, derivedRows: derivedRelations.map((derived) => derived.rows(flat)) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function idOf(record: JsonObject): string {
  const id = record.conversationId;
  const lowerCase = typeof id === 'string' && id.length === 36 ? id.toLowerCase() : '';
  if (!isUuid(lowerCase)) throw new RecordError(`conversationId is ${shown(id)}, which is no UUID.`);
  return lowerCase;
}

function startOf(record: JsonObject): number {
  const start = record.conversationStart;
  const instant = typeof start === 'string' ? parseInstant(start) : undefined;
  if (instant === undefined) throw new RecordError(`conversationStart is ${shown(start)}, which is no valid instant.`);
  return instant.epochMs;
}

function located(error: RecordError, path: readonly (string | number)[], conversationId: string): RecordError {
  const name = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return new RecordError(`${name.slice(1)} of conversation ${conversationId} ${error.message}.`);
}

function addRow(work: Flattening, node: Node, object: JsonObject, positions: readonly number[]): void {
  work.rowCount += 1;
  if (work.rowCount > rowsMax) throw new RecordError(`is beyond the ${rowsMax} rows that one record may have`);
  const row: ColumnValue[] = new Array(node.relation.columns.length).fill(null);
  for (let index = 0; index < positions.length; index += 1) row[index] = positions[index] as number;
  (work.rows[node.relation.index] as Row[]).push(row);
  let extra: Record<string, unknown> | null = null;
  for (const key of Object.keys(object)) {
    const value = object[key];
    work.path.push(key);
    if (!isStored(work, node, row, key, value, positions)) {
      extra ??= Object.create(null) as Record<string, unknown>;
      extra[escapeText(key)] = copyJson(value, escapeText);
    }
    work.path.pop();
  }
  row[row.length - 1] = extra;
}

/** Puts the value where it belongs; false when it must (also) go to `extra`. */
function isStored(
  work: Flattening,
  node: Node,
  row: ColumnValue[],
  key: string,
  value: unknown,
  positions: readonly number[],
): boolean {
  const field = node.fields.get(key);
  if (field !== undefined) {
    const read = readValue(field.type, value);
    row[field.column] = read instanceof Misfit ? read.column : read;
    return !(read instanceof Misfit);
  }
  const list = node.lists.get(key);
  if (list !== undefined) return isListStored(work, list, value, positions);
  const child = node.objects.get(key);
  if (child !== undefined) {
    if (isObject(value)) addRow(work, child, value, positions);
    return isObject(value);
  }
  if (node === rootNode) return isKeyStored(key, value);
  if (key === 'attributes' && node.relation === participantsRelation) return isAttributesStored(work, value, positions);
  return false;
}

function isListStored(work: Flattening, node: Node, value: unknown, positions: readonly number[]): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > listLengthMax || !value.every(isObject))
    return false;
  for (let index = 0; index < value.length; index += 1) {
    work.path.push(index);
    addRow(work, node, value[index] as JsonObject, [...positions, index + 1]);
    work.path.pop();
  }
  return true;
}

/** The record's id and start are the key of every row, and come back from there when they are in canonical notation. */
function isKeyStored(key: string, value: unknown): boolean {
  if (key === 'conversationId') return isUuid(value as string);
  return key === 'conversationStart' && parseInstant(value as string)?.isCanonical === true;
}

function isAttributesStored(work: Flattening, value: unknown, positions: readonly number[]): true {
  work.attributes ??= [];
  work.attributes.push(...attributeRows(positions[0] as number, value));
  return true;
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
