import { secondMs } from '../../../lib/interval.js';
import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { isPresent } from '../directory/listing-table.js';
import { objects } from '../faults/record-faults.js';
import { ApiFault, invalidValue } from '../http/api-fault.js';

export interface Place {
  readonly record: JsonObject;
  readonly participant: JsonObject | undefined;
  readonly session: JsonObject | undefined;
}

export interface WrapupWriter {
  /** Applies a WrapupInput from now on, to the conversation and to its analytics record, or throws the API's refusal. */
  write(place: Place, input: JsonObject, requestNo: number): void;
  checkActive(place: Place): void;
  /** Returns the provisional code, where one was saved. */
  provisional(place: Place): JsonObject | undefined;
}

const provisionalsMax = 10_000;
const lagSecondsDefault = 60;

export function createWrapupWriter(core: Core): WrapupWriter {
  const provisionals = new Map<string, JsonObject>();
  return {
    write(place, input, requestNo) {
      checkActive(core, place);
      if (input.provisional === true) {
        provisionals.set(keyOf(place), shownInput(input));
        if (provisionals.size > provisionalsMax) provisionals.delete(provisionals.keys().next().value as string);
        return;
      }
      checkCode(core, input);
      provisionals.delete(keyOf(place));
      if (core.faults.strikes('racingAgents', requestNo) !== undefined) throw raced(core, place, input);
      if (core.faults.strikes('lostWrapups', requestNo) !== undefined) return;
      const slow = core.faults.strikes('slowWrapups', requestNo);
      const lagMs = slow === undefined ? 0 : (slow.lagSeconds ?? lagSecondsDefault) * secondMs;
      applyCode(core, place, input, core.clock.nowMs() + lagMs);
    },
    checkActive: (place) => checkActive(core, place),
    provisional: (place) => provisionals.get(keyOf(place)),
  };
}

/**
 * The code is seen from `atMs` on; nothing is refused here. What the agent of the simulation enters after that wins, as
 * the last save does, unless `isLast` says that nothing comes after.
 */
export function applyCode(core: Core, place: Place, input: JsonObject, atMs: number, isLast = false): void {
  const conversationId = String(place.record.conversationId);
  core.source.overlay(conversationId, {
    atMs,
    change: (record) => withCode(record, String(place.session?.sessionId), { input, atMs, isLast }),
  });
  core.notify(`v2.detail.events.conversation.${conversationId}.wrapup`, eventOf(place, input, atMs));
}

/** The agent is faster: another code of the queue, or any other. */
function raced(core: Core, place: Place, input: JsonObject): ApiFault {
  const queueId = objects(place.session?.segments)
    .map((segment) => segment.queueId)
    .find((id) => id !== undefined);
  const ofQueue = core.directory.queueWrapupCodes.get(String(queueId)) ?? [];
  const all = core.directory.wrapupCodes.filter(isPresent).map((code) => String(code.id));
  const code = [...ofQueue, ...all].find((id) => id !== input.code && core.directory.isKnownCode(id));
  applyCode(core, place, { code: code ?? null }, core.clock.nowMs(), true);
  return new ApiFault(409, 'conflict', 'The conversation was changed by another request.');
}

/** Wrapping up is for a user in an active conversation: after its end nothing can be changed this way, if the sandbox is as strict as the documents. */
function checkActive(core: Core, place: Place): void {
  if (core.options.lateWrapups === 'refused' && place.record.conversationEnd !== undefined)
    throw new ApiFault(
      400,
      'conversation.error.participant.no.active.conversations',
      'The participant has no active conversation.',
    );
  if (place.participant?.userId === undefined)
    throw new ApiFault(
      403,
      'conversation.error.forbidden.not.active.participant',
      'The participant is not an active user of the conversation.',
    );
}

function checkCode(core: Core, input: JsonObject): void {
  if (typeof input.code !== 'string' || input.code === '')
    throw new ApiFault(
      400,
      'conversation.error.wrapup.code.required',
      'Wrapup code is a required field and cannot be empty.',
    );
  if (!core.directory.isKnownCode(input.code))
    throw invalidValue(input.code, 'wrapup code', ['the ids of existing wrap-up codes']);
}

interface Entry {
  readonly input: JsonObject;
  readonly atMs: number;
  readonly isLast: boolean;
}

/** The record with the code on the session's last wrap-up segment; a session that is over without one gets it. */
function withCode(record: JsonObject, sessionId: string, entry: Entry): JsonObject {
  const participants = objects(record.participants).map((participant) => ({
    ...participant,
    sessions: objects(participant.sessions).map((session) =>
      session.sessionId === sessionId ? coded(session, entry) : session,
    ),
  }));
  return { ...record, participants };
}

function coded(session: JsonObject, { input, atMs, isLast }: Entry): JsonObject {
  const at = new Date(atMs).toISOString();
  const segments = objects(session.segments);
  const last = segments.findLastIndex((segment) => segment.segmentType === 'wrapup');
  const fields: JsonObject = {
    wrapUpCode: input.code ?? null,
    ...(typeof input.notes === 'string' ? { wrapUpNote: input.notes } : {}),
    ...(Array.isArray(input.tags) ? { wrapUpTags: input.tags } : {}),
  };
  if (!isLast && isEnteredLater(segments[last], atMs)) return session;
  if (last >= 0)
    return { ...session, segments: segments.map((segment, i) => (i === last ? { ...segment, ...fields } : segment)) };
  // While the agent still talks the code waits for the wrap-up segment to come.
  if (segments.some((segment) => segment.segmentEnd === undefined)) return session;
  const queueId = segments.map((segment) => segment.queueId).find((id) => id !== undefined);
  const added = {
    segmentStart: at,
    segmentEnd: at,
    ...(queueId === undefined ? {} : { queueId }),
    segmentType: 'wrapup',
    conference: false,
    ...fields,
  };
  return { ...session, segments: [...segments, added] };
}

/** A code of the agent's own, saved when the wrap-up ended. Codes of the system do not count as saved. */
function isEnteredLater(segment: JsonObject | undefined, atMs: number): boolean {
  const { wrapUpCode, segmentEnd } = segment ?? {};
  if (typeof wrapUpCode !== 'string' || wrapUpCode.startsWith('ININ-')) return false;
  return typeof segmentEnd === 'string' && Date.parse(segmentEnd) > atMs;
}

function shownInput(input: JsonObject): JsonObject {
  const { provisional: _provisional, disableEndTimeUpdates: _disable, ...shown } = input;
  return shown;
}

function keyOf(place: Place): string {
  return `${String(place.record.conversationId)}|${String(place.session?.sessionId)}`;
}

/** Events speak another dialect: epoch milliseconds, capital letters, `wrapupCode` with a small u. */
function eventOf(place: Place, input: JsonObject, atMs: number): JsonObject {
  const { session, participant, record } = place;
  return {
    eventTime: atMs,
    conversationId: record.conversationId ?? null,
    participantId: participant?.participantId ?? null,
    sessionId: session?.sessionId ?? null,
    mediaType: String(session?.mediaType ?? 'unknown').toUpperCase(),
    direction: String(session?.direction ?? 'unknown').toUpperCase(),
    wrapupCode: input.code ?? null,
    ...(typeof input.notes === 'string' ? { wrapupNotes: input.notes } : {}),
    ...(typeof input.durationSeconds === 'number' ? { wrapupDurationMs: input.durationSeconds * 1_000 } : {}),
  };
}
