import type { Json, JsonObject } from '../../world.js';
import type {
  MetricRestated,
  PhaseEnded,
  PhaseStarted,
  Purpose,
  QueueLeft,
  SessionOpened,
  WorldEvent,
  WrapupEnded,
} from '../events.js';
import { iso } from '../instant.js';

export interface SessionDraft {
  readonly purpose: Purpose;
  readonly asOfMs: number;
  readonly json: JsonObject;
  readonly metrics: JsonObject[];
  readonly segments: JsonObject[];
  phase: PhaseStarted | undefined;
  phaseSegment: JsonObject | undefined;
  wrapupSegment: JsonObject | undefined;
  talkMs: number;
  heldMs: number;
  /** Dialing, contacting and after-call work: what handle time has besides talk and hold. */
  otherMs: number;
  talked: boolean;
  held: boolean;
}

export type SessionEvent = Exclude<Extract<WorldEvent, { session: number }>, SessionOpened>;

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

/** Events that count one and no more. */
const countOf = {
  offered: 'nOffered',
  connected: 'nConnected',
  consultStarted: 'nConsult',
  errorRaised: 'nError',
  outboundMade: 'nOutbound',
} as const;

const dialerMetric = {
  attempted: 'nOutboundAttempted',
  connected: 'nOutboundConnected',
  abandoned: 'nOutboundAbandoned',
} as const;

export function openSession(
  event: SessionOpened,
  sessionId: string,
  peerId: string | undefined,
  asOfMs: number,
): SessionDraft {
  const json: JsonObject = { sessionId, mediaType: event.mediaType };
  if (event.direction !== undefined) json.direction = event.direction;
  if (peerId !== undefined) json.peerId = peerId;
  return {
    purpose: event.purpose,
    asOfMs,
    json: Object.assign(json, event.fields),
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
}

export function applyToSession(session: SessionDraft, event: SessionEvent): void {
  switch (event.kind) {
    case 'sessionField':
      Object.assign(session.json, event.fields);
      break;
    case 'phaseStarted':
      startPhase(session, event);
      break;
    case 'phaseEnded':
      endPhase(session, event);
      break;
    case 'queueLeft':
      leaveQueue(session, event);
      break;
    case 'answered':
      if (event.overServiceLevel) emit(session, 'nOverSla', 1, event.atMs);
      emit(session, 'tAnswered', event.waitMs, event.atMs);
      break;
    case 'notResponding':
      emit(session, 'tNotResponding', event.atMs - (session.phase?.atMs ?? event.atMs), event.atMs);
      break;
    case 'transferred':
      emit(session, 'nTransferred', 1, event.atMs);
      emit(session, event.how === 'blind' ? 'nBlindTransferred' : 'nConsultTransferred', 1, event.atMs);
      break;
    case 'dialerCounted':
      emit(session, dialerMetric[event.what], 1, event.atMs);
      break;
    case 'wrapupStarted':
      session.wrapupSegment = { segmentStart: iso(event.atMs), segmentType: 'wrapup', conference: false };
      if (event.queueId !== undefined) session.wrapupSegment.queueId = event.queueId;
      session.segments.push(session.wrapupSegment);
      break;
    case 'wrapupEnded':
      endWrapup(session, event);
      break;
    case 'handled':
      emit(session, 'tHandle', session.talkMs + session.heldMs + session.otherMs, event.atMs + event.emitDelayMs);
      break;
    case 'measured':
      emit(session, event.name, event.value, event.atMs);
      break;
    case 'flowRan':
      session.json.flow = event.flow;
      break;
    case 'mediaMeasured':
      session.json.mediaEndpointStats = [...((session.json.mediaEndpointStats as Json[]) ?? []), event.stats];
      break;
    case 'metricRestated':
      restate(session, event);
      break;
    default:
      emit(session, countOf[event.kind], 1, event.atMs);
  }
}

/** Metrics are published when the measured thing is complete, and some a little later: then they are not there yet. */
function emit(session: SessionDraft, name: string, value: number, atMs: number): void {
  if (atMs <= session.asOfMs) session.metrics.push({ name, value, emitDate: iso(atMs) });
}

function leaveQueue(session: SessionDraft, event: QueueLeft): void {
  for (const name of metricOfExit[event.exit] ?? []) emit(session, name, event.waitMs, event.atMs);
  emit(session, 'tAcd', event.waitMs, event.atMs);
}

function startPhase(session: SessionDraft, event: PhaseStarted): void {
  closePhase(session, event.atMs);
  const segment: JsonObject = { segmentStart: iso(event.atMs), segmentType: event.phase, conference: false };
  if (event.queueId !== undefined) segment.queueId = event.queueId;
  session.phase = event;
  session.phaseSegment = Object.assign(segment, event.fields);
  session.segments.push(segment);
}

function endPhase(session: SessionDraft, event: PhaseEnded): void {
  const segment = session.phaseSegment;
  closePhase(session, event.atMs);
  if (segment !== undefined) {
    if (event.disconnect !== undefined) segment.disconnectType = event.disconnect;
    Object.assign(segment, event.fields);
  }
  if (session.talked) emit(session, 'tTalkComplete', session.talkMs, event.atMs);
  if (session.held) emit(session, 'tHeldComplete', session.heldMs, event.atMs);
}

function closePhase(session: SessionDraft, atMs: number): void {
  const { phase, phaseSegment } = session;
  if (phase === undefined || phaseSegment === undefined) return;
  phaseSegment.segmentEnd = iso(atMs);
  session.phase = undefined;
  session.phaseSegment = undefined;
  measurePhase(session, phase, atMs);
}

function measurePhase(session: SessionDraft, phase: PhaseStarted, atMs: number): void {
  const lengthMs = atMs - phase.atMs;
  if (phase.phase === 'ivr') emit(session, 'tIvr', lengthMs, atMs);
  if (phase.phase === 'voicemail') emit(session, 'tVoicemail', lengthMs, atMs);
  if (session.purpose !== 'agent' && session.purpose !== 'user') return;
  const name = metricOfAgentPhase[phase.phase];
  if (name === undefined) return;
  emit(session, name, lengthMs, atMs);
  if (name === 'tTalk') {
    session.talkMs += lengthMs;
    session.talked = true;
  } else if (name === 'tHeld') {
    session.heldMs += lengthMs;
    session.held = true;
  } else if (name === 'tDialing' || name === 'tContacting') session.otherMs += lengthMs;
}

function endWrapup(session: SessionDraft, event: WrapupEnded): void {
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
  emit(session, 'tAcw', event.acwMs, event.atMs);
}

/** Only a metric that was published before can be restated; the newest of its name is. */
function restate(session: SessionDraft, event: MetricRestated): void {
  const metric = session.metrics.findLast((candidate) => candidate.name === event.name);
  if (metric !== undefined) metric.value = Math.max(0, (metric.value as number) + event.deltaMs);
}
