import type { MediaType } from './events.js';
import type { Agent, Queue } from './organization.js';
import type { Random } from './random.js';
import type { Assignment, Staff } from './scene.js';

/** Any member of the queue after a random wait: good enough where the load of the whole day does not matter. */
export class RandomStaff implements Staff {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  request(queue: Queue, media: MediaType, atMs: number, patienceMs: number): Assignment | undefined {
    const meanMs = media === 'email' ? 1_800_000 : media === 'message' ? 40_000 : 14_000;
    const waitMs = Math.round(this.#random.exponential(meanMs));
    return waitMs > patienceMs ? undefined : { agent: this.#random.pick(queue.agents), atMs: atMs + waitMs };
  }

  occupy(_agent: Agent, _fromMs: number, _untilMs: number): void {}
}
