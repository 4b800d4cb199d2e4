import type { MediaType } from './events.js';
import type { Agent, Queue } from './organization.js';
import type { Roster } from './roster.js';
import type { Assignment, Occupation, Staff, StaffRequest } from './scene.js';

const digitalSlots = 3;
/** Nobody is given a new conversation in the last moments of a shift. */
const lastCallMs = 30_000;

export interface Booking {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly occupation: Occupation;
}

export function isWritten(media: MediaType): boolean {
  return media === 'message' || media === 'email' || media === 'chat';
}

/** The agents of one day, each with what occupies him. Asked in order of time, it is a queue: who asks first is served first. */
export class Workforce implements Staff {
  readonly #roster: Roster;
  readonly #freeMs: Float64Array;
  readonly #slotMs: Float64Array;
  readonly #bookings: (Booking[] | undefined)[];

  constructor(agentCount: number, roster: Roster) {
    this.#roster = roster;
    this.#freeMs = new Float64Array(agentCount);
    this.#slotMs = new Float64Array(agentCount * digitalSlots);
    this.#bookings = new Array(agentCount);
  }

  bookingsOf(agentNo: number): readonly Booking[] {
    return this.#bookings[agentNo] ?? [];
  }

  /** The agent who can take it first; among those who can at once, the one who has been idle longest. */
  assign(request: StaffRequest): Assignment | undefined {
    const { queue, atMs, patienceMs, media } = request;
    const digital = isWritten(media);
    let chosen: Agent | undefined;
    let bestMs = atMs + patienceMs;
    let idleSinceMs = Number.POSITIVE_INFINITY;
    for (const agent of this.#roster.onDuty[queue.no] ?? []) {
      const readyMs = this.#readyMs(agent, atMs, digital);
      if (readyMs > bestMs) continue;
      const sinceMs = this.#idleSinceMs(agent, digital);
      if (readyMs === bestMs && sinceMs >= idleSinceMs) continue;
      chosen = agent;
      bestMs = readyMs;
      idleSinceMs = sinceMs;
    }
    return chosen === undefined ? undefined : { agent: chosen, atMs: Math.ceil(bestMs) + 40 + (chosen.no % 7) * 30 };
  }

  grab(queue: Queue, atMs: number, except?: Agent): Agent {
    let fallback: Agent | undefined;
    for (const agent of this.#roster.onDuty[queue.no] ?? []) {
      if (agent === except) continue;
      if (this.#readyMs(agent, atMs, false) === atMs) return agent;
      if (this.#roster.covers(agent, atMs)) fallback ??= agent;
    }
    const others = queue.agents.filter((agent) => agent !== except);
    return fallback ?? others[Math.floor(atMs / 1_000) % others.length] ?? (queue.agents[0] as Agent);
  }

  isOpen(queue: Queue, atMs: number): boolean {
    return this.#roster.isOpen(queue, atMs);
  }

  occupy(agent: Agent, fromMs: number, untilMs: number, occupation: Occupation): void {
    const bookings = this.#bookings[agent.no];
    if (bookings === undefined) this.#bookings[agent.no] = [{ fromMs, untilMs, occupation }];
    else bookings.push({ fromMs, untilMs, occupation });
    if (occupation !== 'digital') {
      this.#freeMs[agent.no] = Math.max(this.#freeMs[agent.no] ?? 0, untilMs);
      return;
    }
    const slot = this.#freeSlot(agent.no);
    this.#slotMs[slot] = Math.max(this.#slotMs[slot] ?? 0, untilMs);
  }

  #freeSlot(agentNo: number): number {
    const first = agentNo * digitalSlots;
    let best = first;
    for (let slot = first + 1; slot < first + digitalSlots; slot++) {
      if ((this.#slotMs[slot] ?? 0) < (this.#slotMs[best] ?? 0)) best = slot;
    }
    return best;
  }

  #idleSinceMs(agent: Agent, digital: boolean): number {
    return digital ? (this.#slotMs[this.#freeSlot(agent.no)] ?? 0) : (this.#freeMs[agent.no] ?? 0);
  }

  /** From when the agent could take it: free, on duty and not at a break. Infinity when the shift is over by then. */
  #readyMs(agent: Agent, atMs: number, digital: boolean): number {
    const shift = this.#roster.shifts[agent.no];
    if (shift === undefined) return Number.POSITIVE_INFINITY;
    let readyMs = Math.max(atMs, this.#freeMs[agent.no] ?? 0, shift.fromMs);
    if (digital) readyMs = Math.max(readyMs, this.#slotMs[this.#freeSlot(agent.no)] ?? 0);
    for (const pause of shift.pauses) if (readyMs >= pause.fromMs && readyMs < pause.toMs) readyMs = pause.toMs;
    return readyMs > shift.toMs - lastCallMs ? Number.POSITIVE_INFINITY : readyMs;
  }
}
