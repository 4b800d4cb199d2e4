import type { MediaType } from '../events.js';
import type { Agent, Queue } from '../organization/organization-types.js';
import type { Assignment, Occupation, Staff, StaffRequest } from '../scripts/scene.js';
import type { Roster, Shift } from './roster.js';

const digitalSlots = 3;
/** Agents get no new conversation in the last moments of a shift. */
const lastCallMs = 30_000;

export interface Booking {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly occupation: Occupation;
}

function isWritten(media: MediaType): boolean {
  return media === 'message' || media === 'email' || media === 'chat';
}

/** The agents of one day, each with what occupies him. Asked in order of time, it is a queue: who asks first is served first. */
export class Workforce implements Staff {
  readonly #roster: Roster;
  /** From when each agent could take a call, and from when a further written conversation; by agent number. */
  readonly #freeMs: Float64Array;
  readonly #slotFreeMs: Float64Array;
  readonly #slotMs: Float64Array;
  readonly #bookings: (Booking[] | undefined)[];

  constructor(agentCount: number, roster: Roster) {
    this.#roster = roster;
    this.#freeMs = new Float64Array(agentCount);
    this.#slotFreeMs = new Float64Array(agentCount);
    this.#slotMs = new Float64Array(agentCount * digitalSlots);
    this.#bookings = new Array(agentCount);
  }

  bookingsOf(agentNo: number): readonly Booking[] {
    return this.#bookings[agentNo] ?? [];
  }

  /** The agent who can take it first; among those who can at once, the one who has been idle longest. */
  assign(request: StaffRequest): Assignment | undefined {
    const { queue, atMs, patienceMs, media } = request;
    const onDuty = this.#roster.onDuty[queue.no] ?? [];
    const free = this.#freeMs;
    const idleSince = isWritten(media) ? this.#slotFreeMs : free;
    let chosen: Agent | undefined;
    let bestMs = atMs + patienceMs;
    let longestIdleMs = Number.POSITIVE_INFINITY;
    // The hottest loop of the simulation: everybody who is busy beyond the best so far is passed over by two comparisons.
    for (const agent of onDuty) {
      const idleMs = idleSince[agent.no] as number;
      if (idleMs > bestMs || (free[agent.no] as number) > bestMs) continue;
      const readyMs = atWorkFrom(this.#roster.shifts[agent.no], Math.max(atMs, idleMs, free[agent.no] as number));
      if (readyMs > bestMs || (readyMs === bestMs && idleMs >= longestIdleMs)) continue;
      chosen = agent;
      bestMs = readyMs;
      longestIdleMs = idleMs;
    }
    return chosen === undefined ? undefined : { agent: chosen, atMs: Math.ceil(bestMs) + 40 + (chosen.no % 7) * 30 };
  }

  grab(queue: Queue, atMs: number, except?: Agent): Agent {
    let fallback: Agent | undefined;
    for (const agent of this.#roster.onDuty[queue.no] ?? []) {
      if (agent === except) continue;
      const freeMs = this.#freeMs[agent.no] as number;
      if (freeMs <= atMs && atWorkFrom(this.#roster.shifts[agent.no], atMs) === atMs) return agent;
      if (this.#roster.isAtWork(agent, atMs)) fallback ??= agent;
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
    if (occupation === 'digital') this.#occupySlot(agent.no, untilMs);
    else this.#freeMs[agent.no] = Math.max(this.#freeMs[agent.no] as number, untilMs);
  }

  #occupySlot(agentNo: number, untilMs: number): void {
    const slots = this.#slotMs.subarray(agentNo * digitalSlots, (agentNo + 1) * digitalSlots);
    const first = slots.indexOf(Math.min(...slots));
    slots[first] = Math.max(slots[first] as number, untilMs);
    this.#slotFreeMs[agentNo] = Math.min(...slots);
  }
}

/** The first instant from `atMs` on at which the agent works and is not at a break; Infinity when the shift is over by then. */
function atWorkFrom(shift: Shift | undefined, atMs: number): number {
  if (shift === undefined) return Number.POSITIVE_INFINITY;
  let readyMs = Math.max(atMs, shift.fromMs);
  if (readyMs > shift.toMs - lastCallMs) return Number.POSITIVE_INFINITY;
  for (const pause of shift.pauses) {
    if (readyMs < pause.fromMs) break;
    if (readyMs < pause.toMs) readyMs = pause.toMs;
  }
  return readyMs > shift.toMs - lastCallMs ? Number.POSITIVE_INFINITY : readyMs;
}
