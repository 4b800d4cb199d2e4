import type { JsonObject } from '../world.js';
import type { Direction, DisconnectType, MediaType, Phase, Purpose, QueueExit, WorldEvent } from './events.js';
import type { Agent, Organization, Queue } from './organization.js';
import type { Random } from './random.js';

export interface Assignment {
  readonly agent: Agent;
  /** When the agent's phone begins to ring. */
  readonly atMs: number;
}

/** Who takes a conversation, and when. Scripts ask; the day's simulation answers. */
export interface Staff {
  /** Undefined when nobody is free before the customer's patience ends. */
  request(queue: Queue, media: MediaType, atMs: number, patienceMs: number): Assignment | undefined;
  /** The agent is occupied by this conversation until then, after-call work included. */
  occupy(agent: Agent, fromMs: number, untilMs: number): void;
}

export interface SceneOptions {
  readonly organization: Organization;
  readonly random: Random;
  readonly staff: Staff;
  readonly startMs: number;
}

/** A handle on one session of one participant. */
export interface Leg {
  readonly participant: number;
  readonly session: number;
  readonly media: MediaType;
  readonly direction: Direction | undefined;
  readonly agent: Agent | undefined;
  readonly queue: Queue | undefined;
}

export interface LegOptions {
  readonly purpose: Purpose;
  readonly media: MediaType;
  readonly direction?: Direction | undefined;
  readonly agent?: Agent | undefined;
  readonly queue?: Queue | undefined;
  readonly peer?: Leg | undefined;
  readonly fields?: JsonObject;
  readonly participantFields?: JsonObject;
  /** Adds the session to an existing participant instead of a new one. */
  readonly participant?: number | undefined;
}

const none: JsonObject = {};

/** Writes down what happens. Methods only record; what is plausible is the scripts' business. */
export class Scene {
  readonly organization: Organization;
  readonly random: Random;
  readonly staff: Staff;
  readonly startMs: number;
  readonly events: WorldEvent[] = [];
  #participants = 0;
  #sessions = 0;
  #lastMs: number;

  constructor(options: SceneOptions) {
    this.organization = options.organization;
    this.random = options.random;
    this.staff = options.staff;
    this.startMs = options.startMs;
    this.#lastMs = options.startMs;
  }

  begin(direction: Direction | undefined, fields: JsonObject = none): void {
    this.events.push({ kind: 'conversationStarted', atMs: this.startMs, direction, fields });
  }

  /** Ends the conversation with the last thing that happened in it and returns that instant. */
  end(): number {
    this.events.push({ kind: 'conversationEnded', atMs: this.#lastMs });
    return this.#lastMs;
  }

  /** For pieces of a record that are not tied to a session. */
  record(event: WorldEvent): void {
    this.events.push(event);
  }

  open(atMs: number, options: LegOptions): Leg {
    const { purpose, media, direction, agent, queue, peer } = options;
    const participant = options.participant ?? this.#join(atMs, options);
    const session = this.#sessions++;
    this.events.push({
      kind: 'sessionOpened',
      atMs,
      session,
      participant,
      purpose,
      userId: agent?.id,
      mediaType: media,
      direction,
      peer: peer?.session,
      fields: options.fields ?? none,
    });
    return { participant, session, media, direction, agent, queue };
  }

  #join(atMs: number, options: LegOptions): number {
    const participant = this.#participants++;
    this.events.push({
      kind: 'participantJoined',
      atMs,
      participant,
      purpose: options.purpose,
      userId: options.agent?.id,
      fields: options.participantFields ?? none,
    });
    return participant;
  }

  phase(leg: Leg, atMs: number, phase: Phase, fields: JsonObject = none): void {
    this.events.push({ kind: 'phaseStarted', atMs, session: leg.session, phase, queueId: leg.queue?.id, fields });
  }

  close(leg: Leg, atMs: number, disconnect: DisconnectType | undefined, fields: JsonObject = none): void {
    this.#saw(atMs);
    this.events.push({ kind: 'phaseEnded', atMs, session: leg.session, disconnect, fields });
  }

  offer(leg: Leg, queue: Queue, atMs: number): void {
    this.events.push({ kind: 'offered', atMs, session: leg.session, queueId: queue.id });
  }

  leaveQueue(leg: Leg, queue: Queue, atMs: number, exit: QueueExit, waitMs: number): void {
    this.events.push({ kind: 'queueLeft', atMs, session: leg.session, queueId: queue.id, exit, waitMs });
  }

  answer(leg: Leg, queue: Queue, atMs: number, waitMs: number, overServiceLevel: boolean): void {
    this.events.push({ kind: 'answered', atMs, session: leg.session, queueId: queue.id, waitMs, overServiceLevel });
  }

  mark(
    leg: Leg,
    atMs: number,
    kind: 'connected' | 'notResponding' | 'errorRaised' | 'outboundMade' | 'consultStarted',
  ): void {
    this.events.push({ kind, atMs, session: leg.session });
  }

  transfer(leg: Leg, atMs: number, how: 'blind' | 'consult'): void {
    this.events.push({ kind: 'transferred', atMs, session: leg.session, how });
  }

  dialer(leg: Leg, atMs: number, what: 'attempted' | 'connected' | 'abandoned'): void {
    this.events.push({ kind: 'dialerCounted', atMs, session: leg.session, what });
  }

  measure(leg: Leg, atMs: number, name: string, value: number): void {
    this.events.push({ kind: 'measured', atMs, session: leg.session, name, value });
  }

  set(leg: Leg, atMs: number, fields: JsonObject): void {
    this.events.push({ kind: 'sessionField', atMs, session: leg.session, fields });
  }

  attributes(leg: Leg, atMs: number, attributes: Readonly<Record<string, string>>): void {
    this.events.push({ kind: 'attributesSet', atMs, participant: leg.participant, attributes });
  }

  startWrapup(leg: Leg, atMs: number): void {
    this.events.push({ kind: 'wrapupStarted', atMs, session: leg.session, queueId: leg.queue?.id });
  }

  endWrapup(
    leg: Leg,
    atMs: number,
    result: {
      readonly code?: string | undefined;
      readonly note?: string | undefined;
      readonly tags?: readonly string[] | undefined;
      readonly acwMs?: number | undefined;
      readonly disconnect?: DisconnectType | undefined;
    },
  ): void {
    this.#saw(atMs);
    const { code, note, tags, acwMs, disconnect } = result;
    this.events.push({ kind: 'wrapupEnded', atMs, session: leg.session, code, note, tags, acwMs, disconnect });
  }

  handled(leg: Leg, atMs: number): void {
    const emitDelayMs = this.random.chance(0.06) ? this.random.int(15, 900) : 0;
    this.events.push({ kind: 'handled', atMs, session: leg.session, emitDelayMs });
  }

  flow(leg: Leg, atMs: number, flow: JsonObject): void {
    this.events.push({ kind: 'flowRan', atMs, session: leg.session, flow });
  }

  mediaStats(leg: Leg, atMs: number, stats: JsonObject): void {
    this.events.push({ kind: 'mediaMeasured', atMs, session: leg.session, stats });
  }

  #saw(atMs: number): void {
    if (atMs > this.#lastMs) this.#lastMs = atMs;
  }
}
