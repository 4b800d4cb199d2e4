import { dayMs } from '../../lib/interval.js';
import type { JsonObject, SimulatedConversation } from '../world.js';
import { DayPlan, type PlanContext } from './day/day-plan.js';
import type { WorldEvent } from './events.js';
import { parseConversationId } from './ids.js';
import type { Agent } from './organization/organization-types.js';
import { renderRecord } from './render/render.js';
import { isLong, type Kind, longestMsOf } from './scripts/kinds.js';
import { type AgentTimeline, type PresenceSpan, type RoutingSpan, timelineOfPlan } from './timeline.js';

/** Days whose lists are kept. */
const daysCachedMax = 45;
const longDaysCachedMax = 100;
const conversationsCachedMax = 600_000;
const plansCachedMax = 400;
/** Conversations whose events stay cached; those of the others are computed again. */
const scriptsCachedMax = 16;
/** Ids of other seeds could decode to any day; beyond this there is no calendar. */
const localDayMax = 100_000;

export interface WorldConversation extends SimulatedConversation {
  /** The planned kind; under load a call that was to be answered may be abandoned all the same. */
  readonly kind: Kind;
  /** Everything that happens to it, past and future. Within a session in order of time; across sessions not always. */
  readonly events: readonly WorldEvent[];
}

export class ConversationStore {
  readonly #context: PlanContext;
  readonly #plans = new Map<number, DayPlan>();
  readonly #lists = new Map<number, readonly WorldConversation[]>();
  readonly #longLists = new Map<number, readonly WorldConversation[]>();
  readonly #recent: (Conversation | undefined)[] = [];
  #recentAt = 0;

  constructor(context: PlanContext) {
    this.#context = context;
  }

  ofDay(dayStartMs: number): readonly WorldConversation[] {
    let list = this.#lists.get(dayStartMs);
    if (list === undefined) {
      list = this.#collect(dayStartMs, () => true);
      keep(this.#lists, dayStartMs, list, (kept) => kept.length, conversationsCachedMax, daysCachedMax);
    }
    return list;
  }

  longOfDay(dayStartMs: number): readonly WorldConversation[] {
    let list = this.#longLists.get(dayStartMs);
    if (list === undefined) {
      list = this.#collect(dayStartMs, isLong);
      keep(this.#longLists, dayStartMs, list, (kept) => kept.length, conversationsCachedMax, longDaysCachedMax);
    }
    return list;
  }

  byId(id: string): WorldConversation | undefined {
    const key = parseConversationId(this.#context.seed, id);
    if (key === undefined || key.localDay > localDayMax) return undefined;
    const plan = this.#plan(key.localDay);
    return key.index < plan.count ? new Conversation(this, plan, key.index) : undefined;
  }

  timeline(agent: Agent, dayStartMs: number): AgentTimeline {
    const presences: PresenceSpan[] = [];
    const routingStatuses: RoutingSpan[] = [];
    for (const plan of this.#plansOf(dayStartMs)) {
      const part = timelineOfPlan(plan, this.#context.organization, agent);
      append(presences, part.presences, dayStartMs, (a, b) => a.organizationPresenceId === b.organizationPresenceId);
      append(routingStatuses, part.routingStatuses, dayStartMs, (a, b) => a.status === b.status);
    }
    return { presences, routingStatuses };
  }

  #collect(dayStartMs: number, wanted: (kind: Kind) => boolean): readonly WorldConversation[] {
    const found: Conversation[] = [];
    for (const plan of this.#plansOf(dayStartMs)) {
      for (let index = 0; index < plan.count; index++) {
        if (!wanted(plan.kindOf(index))) continue;
        const startMs = plan.startMsOf(index);
        if (startMs >= dayStartMs && startMs < dayStartMs + dayMs) found.push(new Conversation(this, plan, index));
      }
    }
    return found.sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  }

  /** The days of the organisation's calendar that a UTC day touches. */
  #plansOf(dayStartMs: number): DayPlan[] {
    const { calendar } = this.#context;
    const first = calendar.localDayOf(dayStartMs);
    const last = calendar.localDayOf(dayStartMs + dayMs - 1);
    return Array.from({ length: last - first + 1 }, (_, n) => this.#plan(first + n));
  }

  #plan(localDay: number): DayPlan {
    let plan = this.#plans.get(localDay);
    if (plan === undefined) {
      plan = new DayPlan(this.#context, localDay);
      keep(this.#plans, localDay, plan, () => 1, plansCachedMax, plansCachedMax);
    }
    return plan;
  }

  /** Keeps the newest scripts and drops the oldest. */
  keepScript(conversation: Conversation): void {
    this.#recent[this.#recentAt]?.forget();
    this.#recent[this.#recentAt] = conversation;
    this.#recentAt = (this.#recentAt + 1) % scriptsCachedMax;
  }
}

/** Drops the oldest until number and size are within the limits; always keeps the newest. */
function keep<T>(
  cache: Map<number, T>,
  key: number,
  value: T,
  size: (value: T) => number,
  sizeMax: number,
  entriesMax: number,
): void {
  cache.set(key, value);
  let total = 0;
  for (const kept of cache.values()) total += size(kept);
  for (const [oldest, kept] of cache) {
    if (oldest === key || (cache.size <= entriesMax && total <= sizeMax)) break;
    cache.delete(oldest);
    total -= size(kept);
  }
}

/** Adds what lies within the UTC day, cut to it; where two local days meet, equal neighbours become one. */
function append<T extends { readonly fromMs: number; readonly toMs: number }>(
  list: T[],
  more: readonly T[],
  dayStartMs: number,
  equal: (a: T, b: T) => boolean,
): void {
  for (const span of more) {
    const fromMs = Math.max(span.fromMs, dayStartMs);
    const toMs = Math.min(span.toMs, dayStartMs + dayMs);
    if (toMs <= fromMs) continue;
    const last = list.at(-1);
    if (last !== undefined && last.toMs === fromMs && equal(last, span)) list[list.length - 1] = { ...last, toMs };
    else list.push({ ...span, fromMs, toMs });
  }
}

class Conversation implements WorldConversation {
  readonly startMs: number;
  readonly #store: ConversationStore;
  readonly #plan: DayPlan;
  readonly #index: number;
  #id: string | undefined;
  #events: readonly WorldEvent[] | undefined;
  #endMs = Number.NaN;
  #settledMs = Number.NaN;
  #isAssessed: boolean | undefined;

  constructor(store: ConversationStore, plan: DayPlan, index: number) {
    this.#store = store;
    this.#plan = plan;
    this.#index = index;
    this.startMs = plan.startMsOf(index);
  }

  get id(): string {
    this.#id ??= this.#plan.idOf(this.#index);
    return this.#id;
  }

  get kind(): Kind {
    return this.#plan.kindOf(this.#index);
  }

  get endMs(): number {
    if (Number.isNaN(this.#endMs)) {
      // A long one is staffed apart from its day; for the others the day's simulation knows the end already.
      if (isLong(this.kind)) this.#measure();
      else this.#endMs = this.#plan.played.endsMs[this.#index] ?? Number.NaN;
    }
    return this.#endMs;
  }

  get latestEndMs(): number {
    return this.startMs + longestMsOf(this.kind);
  }

  get settledMs(): number {
    if (Number.isNaN(this.#settledMs)) this.#measure();
    return this.#settledMs;
  }

  get isAssessed(): boolean {
    this.#isAssessed ??= this.events.some(({ kind }) => kind === 'surveyChanged' || kind === 'evaluationChanged');
    return this.#isAssessed;
  }

  get events(): readonly WorldEvent[] {
    if (this.#events === undefined) {
      this.#events = this.#plan.play(this.#index).events;
      this.#store.keepScript(this);
    }
    return this.#events;
  }

  get changesMs(): readonly number[] {
    const instants = new Set<number>([this.startMs]);
    for (const event of this.events) {
      if (event.atMs > this.startMs) instants.add(event.atMs);
      const lastMs = lastMsOf(event);
      if (lastMs > this.startMs) instants.add(lastMs);
    }
    return [...instants].sort((a, b) => a - b);
  }

  render(asOfMs: number, withAttributes: boolean): JsonObject | undefined {
    if (asOfMs < this.startMs) return undefined;
    return renderRecord(this.#plan.identityOf(this.#index), this.events, asOfMs, withAttributes);
  }

  forget(): void {
    this.#events = undefined;
  }

  #measure(): void {
    let settledMs = this.startMs;
    for (const event of this.events) {
      if (event.kind === 'conversationEnded') this.#endMs = event.atMs;
      settledMs = Math.max(settledMs, lastMsOf(event));
    }
    this.#settledMs = settledMs;
  }
}

/** Returns the instant at which the last trace of an event appears in the record. */
function lastMsOf(event: WorldEvent): number {
  return event.kind === 'handled' ? event.atMs + event.emitDelayMs : event.atMs;
}
