import type { JsonObject } from '../../world.js';
import type { Direction, DisconnectType, MediaType, Phase, Purpose, QueueExit, WorldEvent } from '../events.js';
import type { Agent, Organization, Queue } from '../organization/organization-types.js';
import type { Random } from '../random.js';

export interface Assignment {
  readonly agent: Agent;
  /** Instant at which the agent's phone begins to ring. */
  readonly atMs: number;
}

/** A customer waits in a queue for an agent. */
export interface StaffRequest {
  readonly queue: Queue;
  readonly media: MediaType;
  readonly atMs: number;
  readonly patienceMs: number;
}

/**
 * A script: it yields what happens and stops at every point where a customer waits for an agent. The caller answers with the
 * agent and the time, or with undefined when nobody is free before patience ends. So a whole day can be played in order of time.
 */
export type Play<T> = Generator<StaffRequest, T, Assignment | undefined>;

/** Kinds of work that occupy an agent. Several digital conversations can run in parallel, and a call takes precedence. */
export type Occupation = 'call' | 'digital' | 'nonQueueCall' | 'notResponding';

/** The people, as far as a script needs to know them at once. */
export interface Staff {
  /** Undefined when nobody is free before patience ends. */
  assign(request: StaffRequest): Assignment | undefined;
  /** An agent of the queue who is free at this instant, other than `except`; somebody off duty when there is none. */
  grab(queue: Queue, atMs: number, except?: Agent): Agent;
  /** Returns true when any agent of the queue is on duty. */
  isOpen(queue: Queue, atMs: number): boolean;
  /** The agent is occupied by this conversation until then, after-call work included. */
  occupy(agent: Agent, fromMs: number, untilMs: number, occupation: Occupation): void;
}

export interface SceneOptions {
  readonly organization: Organization;
  /** Decides the plot: who, when, how long. */
  readonly random: Random;
  /** Decides the trimmings: names, numbers, notes. Apart, so that a rehearsal may leave them out without changing the plot. */
  readonly detail: Random;
  readonly staff: Staff;
  readonly startMs: number;
  /** Only times and agents matter; nothing is written down. */
  readonly rehearsal: boolean;
  /** The day's incident sends everybody to this queue. */
  readonly focus?: Queue | undefined;
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
  readonly detail: Random;
  readonly rehearsal: boolean;
  readonly staff: Staff;
  readonly startMs: number;
  readonly focus: Queue | undefined;
  readonly events: WorldEvent[] = [];
  #participants = 0;
  #sessions = 0;
  #lastMs: number;

  constructor(options: SceneOptions) {
    this.organization = options.organization;
    this.random = options.random;
    this.detail = options.detail;
    this.rehearsal = options.rehearsal;
    this.staff = options.staff;
    this.startMs = options.startMs;
    this.focus = options.focus;
    this.#lastMs = options.startMs;
  }

  /** The latest instant at which a session or a wrap-up ended: the end of the conversation once its script is through. */
  get lastMs(): number {
    return this.#lastMs;
  }

  begin(direction: Direction | undefined, fields: JsonObject = none): void {
    this.record({ kind: 'conversationStarted', atMs: this.startMs, direction, fields });
  }

  /** Ends the conversation with the last thing that happened in it and returns that instant. */
  end(): number {
    this.record({ kind: 'conversationEnded', atMs: this.#lastMs });
    return this.#lastMs;
  }

  /** For pieces of a record that are not tied to a session. */
  record(event: WorldEvent): void {
    if (!this.rehearsal) this.events.push(event);
  }

  open(atMs: number, options: LegOptions): Leg {
    const { purpose, media, direction, agent, queue, peer } = options;
    const participant = options.participant ?? this.#join(atMs, options);
    const session = this.#sessions++;
    this.record({
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
    this.record({
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
    this.record({ kind: 'phaseStarted', atMs, session: leg.session, phase, queueId: leg.queue?.id, fields });
  }

  close(leg: Leg, atMs: number, disconnect: DisconnectType | undefined, fields: JsonObject = none): void {
    this.#saw(atMs);
    this.record({ kind: 'phaseEnded', atMs, session: leg.session, disconnect, fields });
  }

  offer(leg: Leg, queue: Queue, atMs: number): void {
    this.record({ kind: 'offered', atMs, session: leg.session, queueId: queue.id });
  }

  leaveQueue(leg: Leg, queue: Queue, atMs: number, exit: QueueExit, waitMs: number): void {
    this.record({ kind: 'queueLeft', atMs, session: leg.session, queueId: queue.id, exit, waitMs });
  }

  answer(leg: Leg, queue: Queue, atMs: number, waitMs: number, overServiceLevel: boolean): void {
    this.record({ kind: 'answered', atMs, session: leg.session, queueId: queue.id, waitMs, overServiceLevel });
  }

  mark(
    leg: Leg,
    atMs: number,
    kind: 'connected' | 'notResponding' | 'errorRaised' | 'outboundMade' | 'consultStarted',
  ): void {
    this.record({ kind, atMs, session: leg.session });
  }

  transfer(leg: Leg, atMs: number, how: 'blind' | 'consult'): void {
    this.record({ kind: 'transferred', atMs, session: leg.session, how });
  }

  dialer(leg: Leg, atMs: number, what: 'attempted' | 'connected' | 'abandoned'): void {
    this.record({ kind: 'dialerCounted', atMs, session: leg.session, what });
  }

  measure(leg: Leg, atMs: number, name: string, value: number): void {
    this.record({ kind: 'measured', atMs, session: leg.session, name, value });
  }

  set(leg: Leg, atMs: number, fields: JsonObject): void {
    this.record({ kind: 'sessionField', atMs, session: leg.session, fields });
  }

  attributes(leg: Leg, atMs: number, attributes: Readonly<Record<string, string>>): void {
    this.record({ kind: 'attributesSet', atMs, participant: leg.participant, attributes });
  }

  startWrapup(leg: Leg, atMs: number): void {
    this.record({ kind: 'wrapupStarted', atMs, session: leg.session, queueId: leg.queue?.id });
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
    this.record({ kind: 'wrapupEnded', atMs, session: leg.session, code, note, tags, acwMs, disconnect });
  }

  handled(leg: Leg, atMs: number): void {
    const emitDelayMs = this.detail.chance(0.06) ? this.detail.int(15, 900) : 0;
    this.record({ kind: 'handled', atMs, session: leg.session, emitDelayMs });
  }

  flow(leg: Leg, atMs: number, flow: JsonObject): void {
    this.record({ kind: 'flowRan', atMs, session: leg.session, flow });
  }

  mediaStats(leg: Leg, atMs: number, stats: JsonObject): void {
    this.record({ kind: 'mediaMeasured', atMs, session: leg.session, stats });
  }

  #saw(atMs: number): void {
    if (atMs > this.#lastMs) this.#lastMs = atMs;
  }
}
