import type { Agent, Queue } from '../organization/organization-types.js';
import type { Random } from '../random.js';
import type { Assignment, Staff, StaffRequest } from '../scripts/scene.js';
import { isAtWork, type Shift } from './roster.js';

/** Bounds how far ahead an agent is looked for, and how many are considered each time: no search without an end. */
const stepMs = 1_800_000;
const stepsMax = 200;
const asksMax = 16;

/**
 * Assigns agents to conversations that continue on a later day or for weeks: an agent on duty, after a short wait. Ignores the load of that
 * day, because days must not depend on each other.
 */
export class UnscheduledStaff implements Staff {
  readonly #random: Random;
  readonly #shiftAt: (agent: Agent, atMs: number) => Shift | undefined;

  constructor(random: Random, shiftAt: (agent: Agent, atMs: number) => Shift | undefined) {
    this.#random = random;
    this.#shiftAt = shiftAt;
  }

  assign(request: StaffRequest): Assignment | undefined {
    const { queue, atMs, patienceMs, media } = request;
    const meanMs = media === 'email' ? 1_500_000 : media === 'message' ? 45_000 : 12_000;
    const waitMs = Math.round(this.#random.exponential(meanMs));
    for (let step = 0; step < stepsMax && waitMs + step * stepMs <= patienceMs; step++) {
      const ringMs = atMs + waitMs + step * stepMs;
      const agent = this.#someoneAtWork(queue, ringMs);
      if (agent !== undefined) return { agent, atMs: ringMs };
    }
    return undefined;
  }

  grab(queue: Queue, atMs: number, except?: Agent): Agent {
    const agent = this.#someoneAtWork(queue, atMs);
    return agent !== undefined && agent !== except ? agent : this.#random.pick(queue.agents);
  }

  isOpen(queue: Queue, atMs: number): boolean {
    return queue.agents.some((agent) => isAtWork(this.#shiftAt(agent, atMs), atMs));
  }

  occupy(): void {}

  #someoneAtWork(queue: Queue, atMs: number): Agent | undefined {
    for (let ask = 0; ask < asksMax; ask++) {
      const agent = this.#random.pick(queue.agents);
      if (isAtWork(this.#shiftAt(agent, atMs), atMs)) return agent;
    }
    return undefined;
  }
}
