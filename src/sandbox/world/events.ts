import type { JsonObject } from '../world.js';

/**
 * Events as a telephone switch would log them. Records, aggregates and agent timelines are all computed from these events by
 * separate code, so that one can be checked against the other. Instants are epoch milliseconds; participants and sessions are
 * numbered from zero within their conversation.
 */

export type MediaType = 'voice' | 'callback' | 'chat' | 'email' | 'message' | 'cobrowse';
export type Direction = 'inbound' | 'outbound';

export type Purpose =
  | 'acd'
  | 'agent'
  | 'botflow'
  | 'customer'
  | 'dialer'
  | 'external'
  | 'ivr'
  | 'outbound'
  | 'user'
  | 'voicemail'
  | 'workflow';

export type Phase =
  | 'alert'
  | 'callback'
  | 'contacting'
  | 'delay'
  | 'dialing'
  | 'hold'
  | 'interact'
  | 'ivr'
  | 'parked'
  | 'scheduled'
  | 'sharing'
  | 'system'
  | 'voicemail';

export type DisconnectType =
  | 'client'
  | 'conferenceTransfer'
  | 'consultTransfer'
  | 'endpoint'
  | 'error'
  | 'forwardTransfer'
  | 'inactivity'
  | 'noAnswerTransfer'
  | 'other'
  | 'peer'
  | 'system'
  | 'timeout'
  | 'transfer'
  | 'uncallable';

/** Ends that a stay in a queue can come to. */
export type QueueExit =
  | 'answered'
  | 'abandoned'
  | 'shortAbandoned'
  | 'flowOut'
  | 'voicemail'
  | 'transferred'
  | 'disconnected';

interface At {
  readonly atMs: number;
}
interface InSession extends At {
  readonly session: number;
}

export interface ConversationStarted extends At {
  readonly kind: 'conversationStarted';
  /** Absent on some records of internal calls, as in the real system. */
  readonly direction: Direction | undefined;
  readonly fields: JsonObject;
}
/** Sets fields of the whole conversation that become known later. */
export interface ConversationField extends At {
  readonly kind: 'conversationField';
  readonly fields: JsonObject;
}
export interface ConversationEnded extends At {
  readonly kind: 'conversationEnded';
}
export interface ParticipantJoined extends At {
  readonly kind: 'participantJoined';
  readonly participant: number;
  readonly purpose: Purpose;
  readonly userId: string | undefined;
  readonly fields: JsonObject;
}
export interface AttributesSet extends At {
  readonly kind: 'attributesSet';
  readonly participant: number;
  readonly attributes: Readonly<Record<string, string>>;
}
export interface SessionOpened extends InSession {
  readonly kind: 'sessionOpened';
  readonly participant: number;
  readonly purpose: Purpose;
  readonly userId: string | undefined;
  readonly mediaType: MediaType;
  readonly direction: Direction | undefined;
  /** The session this one talks to; rendered as `peerId`. */
  readonly peer: number | undefined;
  readonly fields: JsonObject;
}
/** Fields of a session that become known later, such as `acwSkipped` or a delivery status. */
export interface SessionField extends InSession {
  readonly kind: 'sessionField';
  readonly fields: JsonObject;
}
/** The session enters a phase; the phase it was in ends at the same instant, unless it ended before. */
export interface PhaseStarted extends InSession {
  readonly kind: 'phaseStarted';
  readonly phase: Phase;
  readonly queueId: string | undefined;
  readonly fields: JsonObject;
}
/** The session's current phase ends and no other begins; talk and hold of the leg are now complete. */
export interface PhaseEnded extends InSession {
  readonly kind: 'phaseEnded';
  readonly disconnect: DisconnectType | undefined;
  /** Added to the segment that ends. */
  readonly fields: JsonObject;
}
export interface Offered extends InSession {
  readonly kind: 'offered';
  readonly queueId: string;
}
export interface QueueLeft extends InSession {
  readonly kind: 'queueLeft';
  readonly queueId: string;
  readonly exit: QueueExit;
  readonly waitMs: number;
}
/** An agent took it; counted on the agent's session. */
export interface Answered extends InSession {
  readonly kind: 'answered';
  readonly queueId: string;
  readonly waitMs: number;
  readonly overServiceLevel: boolean;
}
export interface NotResponding extends InSession {
  readonly kind: 'notResponding';
}
export interface Connected extends InSession {
  readonly kind: 'connected';
}
export interface Transferred extends InSession {
  readonly kind: 'transferred';
  readonly how: 'blind' | 'consult';
}
export interface ConsultStarted extends InSession {
  readonly kind: 'consultStarted';
}
export interface ErrorRaised extends InSession {
  readonly kind: 'errorRaised';
}
export interface OutboundMade extends InSession {
  readonly kind: 'outboundMade';
}
export interface DialerCounted extends InSession {
  readonly kind: 'dialerCounted';
  readonly what: 'attempted' | 'connected' | 'abandoned';
}
export interface WrapupStarted extends InSession {
  readonly kind: 'wrapupStarted';
  readonly queueId: string | undefined;
}
export interface WrapupEnded extends InSession {
  readonly kind: 'wrapupEnded';
  readonly code: string | undefined;
  readonly note: string | undefined;
  readonly tags: readonly string[] | undefined;
  /** The measured after-call work; undefined where none was measured. It may differ from the segment's length. */
  readonly acwMs: number | undefined;
  readonly disconnect: DisconnectType | undefined;
}
/** The handling is complete: talk, hold, after-call work, dialing and contacting can be added up. */
export interface Handled extends InSession {
  readonly kind: 'handled';
  /** A metric may be published a little after the fact, even after the conversation's end. */
  readonly emitDelayMs: number;
}
/** A measurement that no phase implies: message counts, response times, flow times. */
export interface Measured extends InSession {
  readonly kind: 'measured';
  readonly name: string;
  readonly value: number;
}
export interface FlowRan extends InSession {
  readonly kind: 'flowRan';
  readonly flow: JsonObject;
}
export interface MediaMeasured extends InSession {
  readonly kind: 'mediaMeasured';
  readonly stats: JsonObject;
}
/** A survey or evaluation in its newest state; the last event of an id wins. */
export interface SurveyChanged extends At {
  readonly kind: 'surveyChanged';
  readonly survey: JsonObject;
}
export interface EvaluationChanged extends At {
  readonly kind: 'evaluationChanged';
  readonly evaluation: JsonObject;
}
export interface Resolved extends At {
  readonly kind: 'resolved';
  readonly resolution: JsonObject;
}
/** The nightly reprocessing: a published value changes, or a field appears. Never younger than 48 hours. */
export interface MetricRestated extends InSession {
  readonly kind: 'metricRestated';
  readonly name: string;
  readonly deltaMs: number;
}

export type WorldEvent =
  | ConversationStarted
  | ConversationField
  | ConversationEnded
  | ParticipantJoined
  | AttributesSet
  | SessionOpened
  | SessionField
  | PhaseStarted
  | PhaseEnded
  | Offered
  | QueueLeft
  | Answered
  | NotResponding
  | Connected
  | Transferred
  | ConsultStarted
  | ErrorRaised
  | OutboundMade
  | DialerCounted
  | WrapupStarted
  | WrapupEnded
  | Handled
  | Measured
  | FlowRan
  | MediaMeasured
  | SurveyChanged
  | EvaluationChanged
  | Resolved
  | MetricRestated;
