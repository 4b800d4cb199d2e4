import { copyJson, escapeText, isPlain, readableText } from '../values/escape.js';

/** One row of `participant_attributes`. `extra` has the name or value if the columns cannot represent it exactly. */
export interface AttributeRow {
  readonly participantNo: number;
  /** From 1 in the order of names; 0 is the single row of an empty map, or of a value that is not a map of storable size. */
  readonly attributeNo: number;
  readonly name: string | null;
  readonly value: string | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}

/** Positions are smallint. */
const attributesMax = 32_767;

/** Builds the rows of one participant's `attributes`. */
export function attributeRows(participantNo: number, attributes: unknown): AttributeRow[] {
  const isMap = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes);
  const names = isMap ? Object.keys(attributes).sort() : [];
  if (isMap && names.length > 0 && names.length <= attributesMax) {
    return names.map((name, index) =>
      attributeRow(participantNo, index + 1, name, (attributes as Record<string, unknown>)[name]),
    );
  }
  const extra = isMap && names.length === 0 ? null : { value: copyJson(attributes, escapeText) };
  return [{ participantNo, attributeNo: 0, name: null, value: null, extra }];
}

function attributeRow(participantNo: number, attributeNo: number, name: string, value: unknown): AttributeRow {
  const extra: Record<string, unknown> = {};
  if (!isPlain(name)) extra.name = escapeText(name);
  if (typeof value !== 'string' || !isPlain(value)) extra.value = copyJson(value, escapeText);
  return {
    participantNo,
    attributeNo,
    name: readableText(name),
    value: typeof value === 'string' ? readableText(value) : null,
    extra: Object.keys(extra).length === 0 ? null : extra,
  };
}

/** Participant ids by position (the first is participant 1), null where there is none. */
export type ParticipantIds = readonly (string | null)[];

export interface MovedAttributes {
  readonly rows: AttributeRow[];
  /** False when some rows belong to a participant that the other version does not have; those are dropped. */
  readonly isComplete: boolean;
}

/**
 * Assigns the attributes of one version of a conversation to the participants of another: by participant id, and by position only where
 * neither side has an id. An id that occurs several times is matched in order.
 */
export function moveAttributes(
  rows: readonly AttributeRow[],
  from: ParticipantIds,
  to: ParticipantIds,
): MovedAttributes {
  const targets = matchParticipants(from, to);
  const moved: AttributeRow[] = [];
  for (const row of rows) {
    const participantNo = targets[row.participantNo - 1];
    if (participantNo !== undefined) moved.push({ ...row, participantNo });
  }
  return { rows: moved, isComplete: moved.length === rows.length };
}

function matchParticipants(from: ParticipantIds, to: ParticipantIds): (number | undefined)[] {
  const byId = new Map<string, number[]>();
  to.forEach((id, index) => {
    if (id !== null) byId.set(id, [...(byId.get(id) ?? []), index + 1]);
  });
  return from.map((id, index) => {
    if (id !== null) return byId.get(id)?.shift();
    return to[index] === null ? index + 1 : undefined;
  });
}

/** Returns the text whose digest distinguishes versions of a conversation's attributes, independent of the order of participants. */
export function attributesText(rows: readonly AttributeRow[], participantIds: ParticipantIds): string {
  const lines = rows.map((row) =>
    JSON.stringify([
      participantIds[row.participantNo - 1] ?? row.participantNo,
      row.attributeNo,
      row.name,
      row.value,
      row.extra,
    ]),
  );
  return lines.sort().join('\n');
}
