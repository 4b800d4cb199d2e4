import type { Json, JsonObject } from '../world.js';
import type {
  MetricRestated,
  PhaseEnded,
  PhaseStarted,
  Purpose,
  SessionOpened,
  WorldEvent,
  WrapupEnded,
} from './events.js';
import { iso } from './instant.js';

/** What the renderer must know besides the events: ids are derived, so they are not kept in memory. */
export interface RecordIdentity {
  readonly conversationId: string;
  readonly startMs: number;
  participantId(participant: number): string;
  sessionId(session: number): string;
  /** Participants are listed in this order of ring shift: records do not always come in order of time. */
  readonly rotation: number;
}

interface SessionDraft {
  readonly purpose: Purpose;
  readonly json: JsonObject;
  readonly metrics: JsonObject[];
  readonly segments: JsonObject[];
  phase: PhaseStarted | undefined;
  phaseSegment: JsonObject | undefined;
  wrapupSegment: JsonObject | undefined;
  talkMs: number;
  heldMs: number;
  otherMs: number;
  talked: boolean;
  held: boolean;
}

interface ParticipantDraft {
  readonly json: JsonObject;
  readonly sessions: SessionDraft[];
  readonly attributes: { [key: string]: Json };
}

const metricOfAgentPhase: Readonly<Record<string, string>> = {
  alert: 'tAlert',
  interact: 'tTalk',
  hold: 'tHeld',
  dialing: 'tDialing',
  contacting: 'tContacting',
  parked: 'tPark',
};

const metricOfExit: Readonly<Record<string, readonly string[]>> = {
  abandoned: ['tAbandon'],
  shortAbandoned: ['tAbandon', 'tShortAbandon'],
  flowOut: ['tFlowOut'],
  voicemail: ['tFlowOut'],
};

/** The AnalyticsConversation as the API would have given it at `asOfMs`; undefined before its start. */
export function renderRecord(
  identity: RecordIdentity,
  events: readonly WorldEvent[],
  asOfMs: number,
  withAttributes: boolean,
): JsonObject | undefined {
  if (asOfMs < identity.startMs) return undefined;
  const draft = new RecordDraft(identity, asOfMs);
  for (const event of events) if (event.atMs <= asOfMs) draft.apply(event);
  return draft.finish(withAttributes);
}

class RecordDraft {
  readonly #identity: RecordIdentity;
  readonly #asOfMs: number;
  readonly #json: JsonObject;
  readonly #participants: ParticipantDraft[] = [];
  readonly #sessions: SessionDraft[] = [];
  readonly #surveys = new Map<Json | undefined, JsonObject>();
  readonly #evaluations = new Map<Json | undefined, JsonObject>();
  readonly #resolutions: JsonObject[] = [];

  constructor(identity: RecordIdentity, asOfMs: number) {
    this.#identity = identity;
    this.#asOfMs = asOfMs;
    this.#json = { conversationId: identity.conversationId, conversationStart: iso(identity.startMs) };
  }

  apply(event: WorldEvent): void {
    switch (event.kind) {
      case 'conversationStarted':
        if (event.direction !== undefined) this.#json.originatingDirection = event.direction;
        Object.assign(this.#json, event.fields);
        return;
      case 'conversationField':
        Object.assign(this.#json, event.fields);
        return;
      case 'conversationEnded':
        this.#json.conversationEnd = iso(event.atMs);
        return;
      case 'participantJoined':
        this.#participants[event.participant] = {
          json: {
            participantId: this.#identity.participantId(event.participant),
            purpose: event.purpose,
            ...(event.userId === undefined ? {} : { userId: event.userId }),
            ...event.fields,
          },
          sessions: [],
          attributes: {},
        };
        return;
      case 'attributesSet':
        Object.assign(this.#participants[event.participant]?.attributes ?? {}, event.attributes);
        return;
      case 'sessionOpened':
        this.#openSession(event);
        return;
      case 'surveyChanged':
        this.#surveys.set(event.survey.surveyId, event.survey);
        return;
      case 'evaluationChanged':
        this.#evaluations.set(event.evaluation.evaluationId, event.evaluation);
        return;
      case 'resolved':
        this.#resolutions.push(event.resolution);
        return;
      default: {
        const session = this.#sessions[event.session];
        if (session !== undefined) this.#applyToSession(session, event);
      }
    }
  }

  #openSession(event: SessionOpened): void {
    const json: JsonObject = { sessionId: this.#identity.sessionId(event.session), mediaType: event.mediaType };
    if (event.direction !== undefined) json.direction = event.direction;
    if (event.peer !== undefined) json.peerId = this.#identity.sessionId(event.peer);
    Object.assign(json, event.fields);
    const session: SessionDraft = {
      purpose: event.purpose,
      json,
      metrics: [],
      segments: [],
      phase: undefined,
      phaseSegment: undefined,
      wrapupSegment: undefined,
      talkMs: 0,
      heldMs: 0,
      otherMs: 0,
      talked: false,
      held: false,
    };
    this.#sessions[event.session] = session;
    this.#participants[event.participant]?.sessions.push(session);
  }

  #applyToSession(session: SessionDraft, event: Exclude<WorldEvent, { kind: 'sessionOpened' }>): void {
    switch (event.kind) {
      case 'sessionField':
        Object.assign(session.json, event.fields);
        return;
      case 'phaseStarted':
        this.#startPhase(session, event);
        return;
      case 'phaseEnded':
        this.#endPhase(session, event);
        return;
      case 'offered':
        return this.#emit(session, 'nOffered', 1, event.atMs);
      case 'queueLeft':
        for (const name of metricOfExit[event.exit] ?? []) this.#emit(session, name, event.waitMs, event.atMs);
        return this.#emit(session, 'tAcd', event.waitMs, event.atMs);
      case 'answered':
        if (event.overServiceLevel) this.#emit(session, 'nOverSla', 1, event.atMs);
        return this.#emit(session, 'tAnswered', event.waitMs, event.atMs);
      case 'notResponding':
        return this.#emitNotResponding(session, event.atMs);
      case 'connected':
        return this.#emit(session, 'nConnected', 1, event.atMs);
      case 'transferred':
        this.#emit(session, 'nTransferred', 1, event.atMs);
        return this.#emit(session, event.how === 'blind' ? 'nBlindTransferred' : 'nConsultTransferred', 1, event.atMs);
      case 'consultStarted':
        return this.#emit(session, 'nConsult', 1, event.atMs);
      case 'errorRaised':
        return this.#emit(session, 'nError', 1, event.atMs);
      case 'outboundMade':
        return this.#emit(session, 'nOutbound', 1, event.atMs);
      case 'dialerCounted':
        return this.#emit(session, dialerMetric[event.what], 1, event.atMs);
      case 'wrapupStarted':
        session.wrapupSegment = { segmentStart: iso(event.atMs), segmentType: 'wrapup', conference: false };
        if (event.queueId !== undefined) session.wrapupSegment.queueId = event.queueId;
        session.segments.push(session.wrapupSegment);
        return;
      case 'wrapupEnded':
        return this.#endWrapup(session, event);
      case 'handled':
        return this.#emit(
          session,
          'tHandle',
          session.talkMs + session.heldMs + session.otherMs,
          event.atMs + event.emitDelayMs,
        );
      case 'measured':
        return this.#emit(session, event.name, event.value, event.atMs);
      case 'flowRan':
        session.json.flow = event.flow;
        return;
      case 'mediaMeasured':
        session.json.mediaEndpointStats = [...((session.json.mediaEndpointStats as Json[]) ?? []), event.stats];
        return;
      case 'metricRestated':
        return restate(session, event);
    }
  }

  #emit(session: SessionDraft, name: string, value: number, atMs: number): void {
    if (atMs <= this.#asOfMs) session.metrics.push({ name, value, emitDate: iso(atMs) });
  }

  #emitNotResponding(session: SessionDraft, atMs: number): void {
    const startMs = session.phase?.atMs ?? atMs;
    this.#emit(session, 'tNotResponding', atMs - startMs, atMs);
  }

  #startPhase(session: SessionDraft, event: PhaseStarted): void {
    this.#closePhase(session, event.atMs);
    const segment: JsonObject = { segmentStart: iso(event.atMs), segmentType: event.phase, conference: false };
    if (event.queueId !== undefined) segment.queueId = event.queueId;
    Object.assign(segment, event.fields);
    session.phase = event;
    session.phaseSegment = segment;
    session.segments.push(segment);
  }

  #endPhase(session: SessionDraft, event: PhaseEnded): void {
    const segment = session.phaseSegment;
    this.#closePhase(session, event.atMs);
    if (segment !== undefined) {
      if (event.disconnect !== undefined) segment.disconnectType = event.disconnect;
      Object.assign(segment, event.fields);
    }
    if (session.talked) this.#emit(session, 'tTalkComplete', session.talkMs, event.atMs);
    if (session.held) this.#emit(session, 'tHeldComplete', session.heldMs, event.atMs);
  }

  #closePhase(session: SessionDraft, atMs: number): void {
    const { phase, phaseSegment } = session;
    if (phase === undefined || phaseSegment === undefined) return;
    phaseSegment.segmentEnd = iso(atMs);
    this.#measurePhase(session, phase, atMs);
    session.phase = undefined;
    session.phaseSegment = undefined;
  }

  #measurePhase(session: SessionDraft, phase: PhaseStarted, atMs: number): void {
    const lengthMs = atMs - phase.atMs;
    if (phase.phase === 'ivr') return this.#emit(session, 'tIvr', lengthMs, atMs);
    if (phase.phase === 'voicemail') return this.#emit(session, 'tVoicemail', lengthMs, atMs);
    if (session.purpose !== 'agent' && session.purpose !== 'user') return;
    const name = metricOfAgentPhase[phase.phase];
    if (name === undefined) return;
    this.#emit(session, name, lengthMs, atMs);
    if (name === 'tTalk') {
      session.talkMs += lengthMs;
      session.talked = true;
    } else if (name === 'tHeld') {
      session.heldMs += lengthMs;
      session.held = true;
    } else if (name === 'tDialing' || name === 'tContacting') session.otherMs += lengthMs;
  }

  #endWrapup(session: SessionDraft, event: WrapupEnded): void {
    const segment = session.wrapupSegment;
    if (segment === undefined) return;
    segment.segmentEnd = iso(event.atMs);
    if (event.code !== undefined) segment.wrapUpCode = event.code;
    if (event.note !== undefined) segment.wrapUpNote = event.note;
    if (event.tags !== undefined) segment.wrapUpTags = [...event.tags];
    if (event.disconnect !== undefined) segment.disconnectType = event.disconnect;
    session.wrapupSegment = undefined;
    if (event.acwMs === undefined) return;
    session.otherMs += event.acwMs;
    this.#emit(session, 'tAcw', event.acwMs, event.atMs);
  }

  finish(withAttributes: boolean): JsonObject {
    const participants = this.#participants.map((participant) => finishParticipant(participant, withAttributes));
    const { rotation } = this.#identity;
    const shift = participants.length === 0 ? 0 : rotation % participants.length;
    const rotated = shift === 0 ? participants : [...participants.slice(shift), ...participants.slice(0, shift)];
    if (rotated.length > 0) this.#json.participants = rotated;
    if (this.#evaluations.size > 0) this.#json.evaluations = [...this.#evaluations.values()];
    if (this.#surveys.size > 0) this.#json.surveys = [...this.#surveys.values()];
    if (this.#resolutions.length > 0) this.#json.resolutions = this.#resolutions;
    return this.#json;
  }
}

const dialerMetric = {
  attempted: 'nOutboundAttempted',
  connected: 'nOutboundConnected',
  abandoned: 'nOutboundAbandoned',
} as const;

/** Only a metric that was published before can be restated; the newest of its name is. */
function restate(session: SessionDraft, event: MetricRestated): void {
  const metric = session.metrics.findLast((candidate) => candidate.name === event.name);
  if (metric !== undefined) metric.value = Math.max(0, (metric.value as number) + event.deltaMs);
}

function finishParticipant(participant: ParticipantDraft, withAttributes: boolean): JsonObject {
  const { json } = participant;
  if (participant.sessions.length > 0) json.sessions = participant.sessions.map(finishSession);
  if (withAttributes && Object.keys(participant.attributes).length > 0) json.attributes = participant.attributes;
  return json;
}

/** `tHandle` is computed last but listed first now and then: `metrics` is not a list in order of time. */
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
