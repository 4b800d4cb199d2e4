import type { AgentTimeline, AgentTimelines, EventWorld } from './event-world.js';

/** Timelines of one user and one day that are kept. */
const timelinesMax = 100_000;

/** Asks each timeline once: a status over many days looks at all of them, and making one may mean to simulate the day. */
class TimelineCache implements AgentTimelines {
  readonly #source: AgentTimelines;
  readonly #kept = new Map<string, AgentTimeline | undefined>();

  constructor(source: AgentTimelines) {
    this.#source = source;
  }

  agentTimeline(userId: string, dayStartMs: number): AgentTimeline | undefined {
    const key = `${dayStartMs}/${userId}`;
    if (this.#kept.has(key)) return this.#kept.get(key);
    const timeline = this.#source.agentTimeline(userId, dayStartMs);
    const oldest = this.#kept.size < timelinesMax ? undefined : this.#kept.keys().next().value;
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, timeline);
    return timeline;
  }
}

const caches = new WeakMap<EventWorld, TimelineCache>();

/** One cache for each world. */
export function timelinesOf(world: EventWorld): AgentTimelines {
  let cache = caches.get(world);
  if (cache === undefined) {
    cache = new TimelineCache(world);
    caches.set(world, cache);
  }
  return cache;
}
