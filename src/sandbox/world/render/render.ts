import type { Json, JsonObject } from '../../world.js';
import type { WorldEvent } from '../events.js';
import { iso } from '../instant.js';
import { applyToSession, openSession, type SessionDraft, type SessionEvent } from './render-session.js';

/** Inputs of the renderer besides the events: ids are derived, so they are not kept in memory. */
export interface RecordIdentity {
  readonly conversationId: string;
  readonly startMs: number;
  participantId(participant: number): string;
  sessionId(session: number): string;
  /** The list of participants starts with this one and goes round: records do not always come in order of time. */
  readonly rotation: number;
}

interface ParticipantDraft {
  readonly json: JsonObject;
  readonly sessions: SessionDraft[];
  readonly attributes: { [key: string]: Json };
}

interface RecordDraft {
  readonly identity: RecordIdentity;
  readonly asOfMs: number;
  readonly json: JsonObject;
  readonly participants: ParticipantDraft[];
  readonly sessions: SessionDraft[];
  readonly surveys: Map<Json | undefined, JsonObject>;
  readonly evaluations: Map<Json | undefined, JsonObject>;
  readonly resolutions: JsonObject[];
}

/**
 * The AnalyticsConversation as the API would have given it at `asOfMs`; undefined before its start. Parts of the result are shared
 * with the events and with other results: do not change it.
 */
export function renderRecord(
  identity: RecordIdentity,
  events: readonly WorldEvent[],
  asOfMs: number,
  withAttributes: boolean,
): JsonObject | undefined {
  if (asOfMs < identity.startMs) return undefined;
  const draft: RecordDraft = {
    identity,
    asOfMs,
    json: { conversationId: identity.conversationId, conversationStart: iso(identity.startMs) },
    participants: [],
    sessions: [],
    surveys: new Map(),
    evaluations: new Map(),
    resolutions: [],
  };
  for (const event of events) if (event.atMs <= asOfMs) apply(draft, event);
  return finish(draft, withAttributes);
}

function apply(draft: RecordDraft, event: WorldEvent): void {
  switch (event.kind) {
    case 'conversationStarted':
      if (event.direction !== undefined) draft.json.originatingDirection = event.direction;
      Object.assign(draft.json, event.fields);
      break;
    case 'conversationField':
      Object.assign(draft.json, event.fields);
      break;
    case 'conversationEnded':
      draft.json.conversationEnd = iso(event.atMs);
      break;
    case 'participantJoined':
    case 'attributesSet':
    case 'sessionOpened':
      applyToParticipant(draft, event);
      break;
    case 'surveyChanged':
      draft.surveys.set(event.survey.surveyId, event.survey);
      break;
    case 'evaluationChanged':
      draft.evaluations.set(event.evaluation.evaluationId, event.evaluation);
      break;
    case 'resolved':
      draft.resolutions.push(event.resolution);
      break;
    default:
      applySessionEvent(draft, event);
  }
}

function applySessionEvent(draft: RecordDraft, event: SessionEvent): void {
  const session = draft.sessions[event.session];
  if (session !== undefined) applyToSession(session, event);
}

type ParticipantEvent = Extract<WorldEvent, { kind: 'participantJoined' | 'attributesSet' | 'sessionOpened' }>;

function applyToParticipant(draft: RecordDraft, event: ParticipantEvent): void {
  const { identity, participants } = draft;
  if (event.kind === 'participantJoined') {
    const json: JsonObject = { participantId: identity.participantId(event.participant), purpose: event.purpose };
    if (event.userId !== undefined) json.userId = event.userId;
    participants[event.participant] = { json: Object.assign(json, event.fields), sessions: [], attributes: {} };
  } else if (event.kind === 'attributesSet') {
    Object.assign(participants[event.participant]?.attributes ?? {}, event.attributes);
  } else {
    const peerId = event.peer === undefined ? undefined : identity.sessionId(event.peer);
    const session = openSession(event, identity.sessionId(event.session), peerId, draft.asOfMs);
    draft.sessions[event.session] = session;
    participants[event.participant]?.sessions.push(session);
  }
}

function finish(draft: RecordDraft, withAttributes: boolean): JsonObject {
  const { json, identity } = draft;
  const participants = draft.participants.map((participant) => finishParticipant(participant, withAttributes));
  const shift = participants.length === 0 ? 0 : identity.rotation % participants.length;
  if (shift > 0) participants.push(...participants.splice(0, shift));
  if (participants.length > 0) json.participants = participants;
  if (draft.evaluations.size > 0) json.evaluations = [...draft.evaluations.values()];
  if (draft.surveys.size > 0) json.surveys = [...draft.surveys.values()];
  if (draft.resolutions.length > 0) json.resolutions = draft.resolutions;
  return json;
}

function finishParticipant(participant: ParticipantDraft, withAttributes: boolean): JsonObject {
  const { json } = participant;
  if (participant.sessions.length > 0) json.sessions = participant.sessions.map(finishSession);
  if (withAttributes && Object.keys(participant.attributes).length > 0) json.attributes = participant.attributes;
  return json;
}

/** `tHandle` is computed last but sometimes listed first: `metrics` is not a list in order of time. */
function finishSession(session: SessionDraft): JsonObject {
  const { json, metrics, segments } = session;
  const last = metrics.at(-1);
  if (last?.name === 'tHandle' && metrics.length % 3 === 0) {
    metrics.pop();
    metrics.unshift(last);
  }
  if (metrics.length > 0) json.metrics = metrics;
  if (segments.length > 0) json.segments = segments;
  return json;
}
