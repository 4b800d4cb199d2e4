import { dayMs, hourMs } from '../../lib/interval.js';
import { type QualityFacts, qualityFacts } from './conversation-facts.js';
import { type DayFacts, dayFacts, type Tables } from './day-facts.js';
import { usualDimensions, usualFlowDimensions } from './dimensions.js';
import type { EventConversation, EventWorld } from './event-world.js';
import type { FactTable } from './fact-table.js';

/** Measurements of whole days that are kept; a million takes some fifty megabytes. */
const promptRowsMax = 5_000_000;
/** Limit of measurements and surveys kept from days whose own were dropped. */
const lateRowsMax = 2_000_000;
const daysMax = 400;
/** Segments may lie a little before the start of their conversation, and metrics are published a little after its end. */
const marginMs = hourMs;
/** Long conversations are read for the weeks that follow, so that a later question need not read them again. */
const sinceStepMs = 7 * dayMs;

interface Late {
  readonly dimensions: ReadonlySet<string>;
  readonly tables: Tables;
  /** Conversations that certainly ended before this instant are not included. */
  readonly sinceMs: number;
}

/** Facts by day, made when first asked and kept within bounds: reading a day's events costs far more than counting them. */
export class FactsStore {
  readonly #world: EventWorld;
  readonly #prompt = new Map<number, DayFacts>();
  readonly #late = new Map<number, Late>();
  readonly #longLate = new Map<number, Late>();
  readonly #quality = new Map<number, readonly QualityFacts[]>();
  readonly #longQuality = new Map<number, readonly QualityFacts[]>();

  constructor(world: EventWorld) {
    this.#world = world;
  }

  /**
   * Returns the tables that may hold what was measured in `[fromMs, toMs)`, none of it twice. `dimensions` are those that will be
   * asked of them.
   */
  *tables(kind: keyof Tables, fromMs: number, toMs: number, dimensions: readonly string[]): Generator<FactTable> {
    const wanted = [...usualDimensions, ...dimensions.filter((name) => !usualFlowDimensions.includes(name))];
    const isTouched = (table: FactTable) => table.rowCount > 0 && table.firstMs < toMs && table.lastMs >= fromMs;
    const lastDay = floorDay(toMs - 1 + marginMs);
    for (let day = floorDay(fromMs - this.#world.lifetimeMsMax - marginMs); day <= lastDay; day += dayMs) {
      const touched: FactTable[] = [];
      if (day + dayMs > fromMs) touched.push(this.#day(day, wanted).prompt[kind]);
      if (day + dayMs < toMs) touched.push(this.#lateOf(day, fromMs, wanted).tables[kind]);
      yield* touched.filter(isTouched);
    }
  }

  /** Surveys and evaluations of conversations that began in the days of `[fromMs, toMs)`; of long ones alone far cheaper. */
  quality(kind: QualityFacts['kind'], fromMs: number, toMs: number, onlyLong: boolean): QualityFacts[] {
    const found: QualityFacts[] = [];
    for (let day = floorDay(fromMs); day < toMs; day += dayMs) {
      for (const facts of this.#qualityOf(day, onlyLong)) if (facts.kind === kind) found.push(facts);
    }
    return found;
  }

  #day(day: number, wanted: readonly string[]): DayFacts {
    const kept = this.#prompt.get(day);
    if (kept !== undefined && hasAll(kept.dimensions, wanted)) return kept;
    const dimensions = new Set([...(kept?.dimensions ?? []), ...wanted]);
    const facts = dayFacts(day, this.#world.conversationsOfDay(day), dimensions);
    keep(this.#prompt, day, facts, ({ prompt }) => rows(prompt), promptRowsMax);
    keep(this.#late, day, { dimensions, tables: facts.late, sinceMs: day }, lateRows, lateRowsMax);
    keep(this.#quality, day, facts.quality, ({ length }) => length, lateRowsMax);
    return facts;
  }

  /** Returns the late facts of a day. Of days long past, only long conversations can have any; they are few and cheap to find. */
  #lateOf(day: number, fromMs: number, wanted: readonly string[]): Late {
    const near = this.#late.get(day);
    if (near !== undefined && hasAll(near.dimensions, wanted)) return near;
    const { shortLifetimeMsMax = this.#world.lifetimeMsMax } = this.#world;
    const isNear = day + dayMs > fromMs - shortLifetimeMsMax - marginMs;
    const kept = isNear ? undefined : this.#longLate.get(day);
    if (kept !== undefined && kept.sinceMs <= fromMs && hasAll(kept.dimensions, wanted)) return kept;
    const dimensions = new Set([...((near ?? kept)?.dimensions ?? []), ...wanted]);
    const sinceMs = isNear ? day : Math.floor(fromMs / sinceStepMs) * sinceStepMs;
    const candidates = isNear ? this.#world.conversationsOfDay(day) : this.#longOfDay(day);
    const lasting = candidates.filter((conversation) => isLasting(conversation, Math.max(day + dayMs, sinceMs)));
    const late = { dimensions, tables: dayFacts(day, lasting, dimensions).late, sinceMs };
    keep(isNear ? this.#late : this.#longLate, day, late, lateRows, lateRowsMax);
    return late;
  }

  #qualityOf(day: number, onlyLong: boolean): readonly QualityFacts[] {
    const kept = this.#quality.get(day) ?? (onlyLong ? this.#longQuality.get(day) : undefined);
    if (kept !== undefined) return kept;
    const found: QualityFacts[] = [];
    for (const conversation of onlyLong ? this.#longOfDay(day) : this.#world.conversationsOfDay(day)) {
      found.push(...qualityFacts(conversation));
    }
    keep(onlyLong ? this.#longQuality : this.#quality, day, found, ({ length }) => length, lateRowsMax);
    return found;
  }

  #longOfDay(day: number): readonly EventConversation[] {
    return this.#world.longConversationsOfDay?.(day) ?? this.#world.conversationsOfDay(day);
  }
}

/** Filters out nearly all conversations cheaply: the end is known without its events, and a bound of it without simulating the day. */
function isLasting(conversation: EventConversation, atMs: number): boolean {
  const { latestEndMs = Number.POSITIVE_INFINITY } = conversation;
  return latestEndMs + marginMs >= atMs && conversation.endMs + marginMs >= atMs;
}

function floorDay(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

function hasAll(dimensions: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.every((dimension) => dimensions.has(dimension));
}

function rows(tables: Tables): number {
  return tables.conversations.rowCount + tables.flows.rowCount;
}

function lateRows(late: Late): number {
  return rows(late.tables);
}

/** Drops the oldest until number and size are within the limits; always keeps the newest. */
function keep<T>(cache: Map<number, T>, key: number, value: T, size: (value: T) => number, sizeMax: number): void {
  cache.delete(key);
  cache.set(key, value);
  let total = 0;
  for (const kept of cache.values()) total += size(kept);
  for (const [oldest, kept] of cache) {
    if (oldest === key || (cache.size <= daysMax && total <= sizeMax)) break;
    cache.delete(oldest);
    total -= size(kept);
  }
}

const stores = new WeakMap<EventWorld, FactsStore>();

/** One store for each world. */
export function factsOf(world: EventWorld): FactsStore {
  let store = stores.get(world);
  if (store === undefined) {
    store = new FactsStore(world);
    stores.set(world, store);
  }
  return store;
}
