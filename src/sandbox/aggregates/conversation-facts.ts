import type { WorldEvent } from '../world/events.js';
import type { JsonObject } from '../world.js';
import { addFields, addValue } from './dimensions.js';
import type { EventConversation } from './event-world.js';
import type { Change, Measurement } from './fact-table.js';
import { type SessionEvent, SessionMeter } from './session-meter.js';

export interface FlowFacts {
  readonly ranMs: number;
  readonly json: JsonObject;
}

/** The facts and measurements of one session. */
export interface SessionFacts {
  readonly openedMs: number;
  /** Changes of the conversation, the participant and the session: a later list and a later change win. */
  readonly changes: readonly (readonly Change[])[];
  readonly measurements: readonly Measurement[];
  /** The flow that ran in the session. */
  readonly flow: FlowFacts | undefined;
  /** False in all but one part of a session that was cut, so that outcomes count once. */
  readonly hasOutcomes: boolean;
}

/** A survey or an evaluation, with all it said in order of time. */
export interface QualityFacts {
  readonly kind: 'survey' | 'evaluation';
  readonly conversationId: string;
  readonly conversationStartMs: number;
  /** The handling that it is about, as far as it lends its dimensions. */
  readonly handling: JsonObject;
  readonly states: { readonly atMs: number; readonly json: JsonObject }[];
}

export interface ConversationFacts {
  readonly sessions: readonly SessionFacts[];
  readonly quality: readonly QualityFacts[];
}

interface SessionDraft {
  readonly openedMs: number;
  readonly participant: readonly Change[];
  readonly own: Change[];
  readonly meter: SessionMeter;
  readonly queues: { readonly atMs: number; readonly queueId: string }[];
  flow: FlowFacts | undefined;
}

interface Draft {
  readonly conversation: Change[];
  readonly participants: Change[][];
  readonly sessions: SessionDraft[];
  readonly quality: Map<unknown, QualityFacts>;
}

/** Reads a conversation's events once. Of the dimensions only those that are wanted are noted. */
export function conversationFacts(source: EventConversation, wanted: ReadonlySet<string>): ConversationFacts {
  const draft: Draft = { conversation: [], participants: [], sessions: [], quality: new Map() };
  if (wanted.has('conversationId'))
    draft.conversation.push({ atMs: source.startMs, dimension: 'conversationId', value: source.id });
  for (const event of source.events) note(draft, source, event, wanted);
  return {
    sessions: draft.sessions.flatMap((session) => finish(draft, session)),
    quality: [...draft.quality.values()],
  };
}

function note(draft: Draft, source: EventConversation, event: WorldEvent, wanted: ReadonlySet<string>): void {
  switch (event.kind) {
    case 'conversationStarted':
      addValue(draft.conversation, event.atMs, 'originatingDirection', event.direction, wanted);
      addFields(draft.conversation, event.atMs, event.fields, wanted);
      return;
    case 'conversationField':
      addFields(draft.conversation, event.atMs, event.fields, wanted);
      break;
    case 'participantJoined':
      draft.participants[event.participant] = [];
      addValue(changesOf(draft, event.participant), event.atMs, 'purpose', event.purpose, wanted);
      addValue(changesOf(draft, event.participant), event.atMs, 'userId', event.userId, wanted);
      addFields(changesOf(draft, event.participant), event.atMs, event.fields, wanted);
      break;
    case 'sessionOpened':
      open(draft, event, wanted);
      break;
    case 'surveyChanged':
    case 'evaluationChanged':
      noteQuality(draft.quality, source, event);
      break;
    case 'conversationEnded':
    case 'attributesSet':
    case 'resolved':
      return;
    default:
      noteInSession(draft.sessions[event.session], event, wanted);
  }
}

/** Surveys and evaluations alone, which a day's conversations are asked for far more often than for all. */
export function qualityFacts(source: EventConversation): QualityFacts[] {
  const quality: Draft['quality'] = new Map();
  for (const event of source.events) {
    if (event.kind === 'surveyChanged' || event.kind === 'evaluationChanged') noteQuality(quality, source, event);
  }
  return [...quality.values()];
}

function changesOf(draft: Draft, participant: number): Change[] {
  let changes = draft.participants[participant];
  if (changes === undefined) {
    changes = [];
    draft.participants[participant] = changes;
  }
  return changes;
}

function open(draft: Draft, event: Extract<WorldEvent, { kind: 'sessionOpened' }>, wanted: ReadonlySet<string>): void {
  const own: Change[] = [];
  addValue(own, event.atMs, 'mediaType', event.mediaType, wanted);
  addValue(own, event.atMs, 'direction', event.direction, wanted);
  addFields(own, event.atMs, event.fields, wanted);
  draft.sessions[event.session] = {
    openedMs: event.atMs,
    participant: changesOf(draft, event.participant),
    own,
    meter: new SessionMeter(event.purpose),
    queues: [],
    flow: undefined,
  };
}

function noteInSession(session: SessionDraft | undefined, event: SessionEvent, wanted: ReadonlySet<string>): void {
  if (session === undefined) return;
  session.meter.take(event);
  switch (event.kind) {
    case 'sessionField':
      addFields(session.own, event.atMs, event.fields, wanted);
      break;
    case 'phaseStarted':
      noteQueue(session, event.atMs, event.queueId ?? event.fields.queueId);
      addFields(session.own, event.atMs, event.fields, wanted);
      break;
    case 'phaseEnded':
      noteQueue(session, event.atMs, event.fields.queueId);
      addValue(session.own, event.atMs, 'disconnectType', event.disconnect, wanted);
      addFields(session.own, event.atMs, event.fields, wanted);
      break;
    case 'wrapupStarted':
      noteQueue(session, event.atMs, event.queueId);
      break;
    case 'wrapupEnded':
      addValue(session.own, event.atMs, 'wrapUpCode', event.code, wanted);
      break;
    case 'flowRan':
      session.flow = { ranMs: event.atMs, json: event.flow };
  }
}

function noteQueue(session: SessionDraft, atMs: number, queueId: unknown): void {
  if (typeof queueId !== 'string' || session.queues.at(-1)?.queueId === queueId) return;
  session.queues.push({ atMs, queueId });
}

type QualityEvent = Extract<WorldEvent, { kind: 'surveyChanged' | 'evaluationChanged' }>;

function noteQuality(quality: Draft['quality'], source: EventConversation, event: QualityEvent): void {
  const isSurvey = event.kind === 'surveyChanged';
  const json = isSurvey ? event.survey : event.evaluation;
  const id = isSurvey ? json.surveyId : json.evaluationId;
  let facts = quality.get(id);
  if (facts === undefined) {
    const kind = isSurvey ? 'survey' : 'evaluation';
    const handling = handlingOf(source.events, json);
    facts = { kind, conversationId: source.id, conversationStartMs: source.startMs, handling, states: [] };
    quality.set(id, facts);
  }
  facts.states.push({ atMs: event.atMs, json });
}

/** The agent's last session in the queue that a survey or an evaluation names. */
function handlingOf(events: readonly WorldEvent[], { userId, queueId }: JsonObject): JsonObject {
  const phase = events.findLast(
    (event) =>
      event.kind === 'phaseStarted' && event.queueId === queueId && sessionOf(events, event.session)?.userId === userId,
  );
  const session = phase?.kind === 'phaseStarted' ? sessionOf(events, phase.session) : undefined;
  if (session === undefined) return {};
  const wrapup = events.findLast((event) => event.kind === 'wrapupEnded' && event.session === session.session);
  const wrapUpCode = wrapup?.kind === 'wrapupEnded' ? wrapup.code : undefined;
  return { mediaType: session.mediaType, ...(wrapUpCode === undefined ? {} : { wrapUpCode }) };
}

function sessionOf(events: readonly WorldEvent[], session: number) {
  return events.find((event) => event.kind === 'sessionOpened' && event.session === session) as
    | Extract<WorldEvent, { kind: 'sessionOpened' }>
    | undefined;
}

/**
 * A measurement belongs to the queue that its session was in when it was made: a customer who connects before there is a queue
 * counts for none, although the record will later show the queue on his segment. So a session with a change of queue is several.
 */
function finish(draft: Draft, session: SessionDraft): SessionFacts[] {
  const { openedMs, participant, own, meter, queues, flow } = session;
  const parts = [{ atMs: Number.NEGATIVE_INFINITY, queueId: undefined as string | undefined }, ...queues];
  return parts.flatMap((part, n) => {
    const untilMs = parts[n + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const measurements = meter.measurements.filter(({ atMs }) => atMs >= part.atMs && atMs < untilMs);
    const hasOutcomes = flow !== undefined && flow.ranMs >= part.atMs && flow.ranMs < untilMs;
    if (measurements.length === 0 && !hasOutcomes) return [];
    const queue: Change[] = [{ atMs: openedMs, dimension: 'queueId', value: part.queueId }];
    return [{ openedMs, changes: [draft.conversation, participant, own, queue], measurements, flow, hasOutcomes }];
  });
}
