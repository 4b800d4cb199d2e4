import { secondMs } from '../../../lib/interval.js';
import type { Json, JsonObject } from '../../world.js';
import type { FaultName } from './fault-settings.js';
import type { Faults } from './faults.js';

export const recordFaultNames: readonly FaultName[] = [
  'unknownFields',
  'unknownEnums',
  'nulCharacters',
  'malformedRecords',
  'changingRecords',
];

const lagDefaultSeconds = 3_600;

/** The time as of which a record is returned; the random choice depends on the record and the request's number. */
export function returnedAsOfMs(
  conversation: { readonly id: string; readonly startMs: number },
  asOfMs: number,
  counter: number,
  faults: Faults,
): number {
  const fault = faults.strikes('changingRecords', `${conversation.id}|${counter}`);
  if (fault === undefined) return asOfMs;
  return Math.max(conversation.startMs, asOfMs - (fault.lagSeconds ?? lagDefaultSeconds) * secondMs);
}

/** A changed copy of the record, or the record itself where no fault strikes it. Chance hangs on the conversation's id. */
export function withRecordFaults(record: JsonObject, faults: Faults): Json {
  const id = String(record.conversationId);
  const changes = [
    faults.strikes('unknownFields', id) && addUnknownFields,
    faults.strikes('unknownEnums', id) && setUnknownEnums,
    faults.strikes('nulCharacters', id) && addNulCharacters,
  ].filter((change) => change !== undefined);
  const malformed = faults.strikes('malformedRecords', id);
  if (changes.length === 0 && malformed === undefined) return record;
  const copy = structuredClone(record);
  for (const change of changes) change(copy);
  return malformed === undefined ? copy : spoil(copy, id);
}

function addUnknownFields(record: JsonObject): void {
  record.futureConversationField = { since: 'tomorrow', values: [1, 2.5, null, true] };
  for (const participant of objects(record.participants)) participant.futureParticipantField = 'value';
  for (const session of sessionsOf(record)) session.futureSessionFields = ['one', 'two'];
  for (const segment of segmentsOf(record)) segment.futureSegmentField = 9_007_199_254_740_991;
}

function setUnknownEnums(record: JsonObject): void {
  record.originatingDirection = 'sideways';
  for (const session of sessionsOf(record).slice(-1)) session.mediaType = 'hologram';
  for (const segment of segmentsOf(record).slice(-1)) {
    segment.segmentType = 'daydreaming';
    segment.disconnectType = 'evaporated';
  }
}

function addNulCharacters(record: JsonObject): void {
  for (const participant of objects(record.participants).slice(0, 1)) {
    participant.participantName = `Nul\u0000Name`;
    if (participant.attributes !== undefined)
      participant.attributes = { ...(participant.attributes as JsonObject), 'nul\u0000key': 'nul\u0000value' };
  }
  for (const segment of segmentsOf(record).slice(-1)) segment.subject = 'before\u0000after \\u0000 as text';
}

/** One of several ways in which real records were seen broken, chosen by the id. */
function spoil(record: JsonObject, id: string): Json {
  const kinds = [brokenDate, withoutId, participantsAsText, valueAsText, startAsNumber, overflowingNumber];
  const kind = kinds[[...id].reduce((sum, char) => sum + char.charCodeAt(0), 0) % kinds.length] ?? brokenDate;
  kind(record);
  return record;
}

function brokenDate(record: JsonObject): void {
  const segment = segmentsOf(record)[0];
  if (segment === undefined) record.conversationStart = '2021-04-2T10:00:00.000Z';
  else segment.segmentStart = '2021-04-2T10:00:00.000Z';
}

function withoutId(record: JsonObject): void {
  delete record.conversationId;
}

function participantsAsText(record: JsonObject): void {
  record.participants = 'none';
}

function valueAsText(record: JsonObject): void {
  const metric = sessionsOf(record).flatMap((session) => objects(session.metrics))[0];
  if (metric === undefined) participantsAsText(record);
  else metric.value = 'a lot';
}

function startAsNumber(record: JsonObject): void {
  record.conversationStart = 1_617_271_673_386;
}

function overflowingNumber(record: JsonObject): void {
  const metric = sessionsOf(record).flatMap((session) => objects(session.metrics))[0];
  if (metric === undefined) participantsAsText(record);
  else metric.value = 1e21;
}

export function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value)
    ? (value.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item)) as JsonObject[])
    : [];
}

export function sessionsOf(record: JsonObject): JsonObject[] {
  return objects(record.participants).flatMap((participant) => objects(participant.sessions));
}

export function segmentsOf(record: JsonObject): JsonObject[] {
  return sessionsOf(record).flatMap((session) => objects(session.segments));
}
