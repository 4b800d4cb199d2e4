import { dayMs, hourMs } from '../../interval.js';
import type { QualityFacts } from './conversation-facts.js';
import { type DayFacts, dayFacts, type Tables } from './day-facts.js';
import { usualDimensions } from './dimensions.js';
import type { EventWorld } from './event-world.js';
import type { FactTable } from './fact-table.js';

/** Measurements of whole days that are kept; a million takes some fifty megabytes. */
const promptRowsMax = 5_000_000;
/** Measurements and surveys kept from days whose own were let go. */
const lateRowsMax = 2_000_000;
const daysMax = 400;
/** Segments may lie a little before the start of their conversation, and metrics are published a little after its end. */
const marginMs = hourMs;

interface Late {
  readonly dimensions: ReadonlySet<string>;
  readonly tables: Tables;
  readonly quality: readonly QualityFacts[];
}

/** Facts by day, made when first asked and kept within bounds: reading a day's events costs far more than counting them. */
export class FactsStore {
  readonly #world: EventWorld;
  readonly #prompt = new Map<number, DayFacts>();
  readonly #late = new Map<number, Late>();
  readonly #long = new Map<number, Late>();

  constructor(world: EventWorld) {
    this.#world = world;
  }

  /**
   * The tables in which something measured in `[fromMs, toMs)` may stand, none of it twice. `dimensions` are those that will be
   * asked of them.
   */
  *tables(kind: keyof Tables, fromMs: number, toMs: number, dimensions: readonly string[]): Generator<FactTable> {
    const wanted = [...usualDimensions, ...dimensions];
    const isTouched = (table: FactTable) => table.rowCount > 0 && table.firstMs < toMs && table.lastMs >= fromMs;
    const lastDay = floorDay(toMs - 1 + marginMs);
    for (let day = this.#firstDay(fromMs); day <= lastDay; day += dayMs) {
      const touched: FactTable[] = [];
      if (day + dayMs > fromMs) touched.push(this.#day(day, wanted).prompt[kind]);
      if (day + dayMs < toMs) touched.push(this.#lateOf(day, fromMs, wanted).tables[kind]);
      yield* touched.filter(isTouched);
    }
  }

  /** Surveys and evaluations of conversations that began in the days of `[fromMs, toMs)`. */
  quality(kind: QualityFacts['kind'], fromMs: number, toMs: number): QualityFacts[] {
    const found: QualityFacts[] = [];
    for (let day = floorDay(fromMs); day < toMs; day += dayMs) {
      const late = this.#late.get(day) ?? this.#keepDay(day, usualDimensions).late;
      for (const facts of late.quality) if (facts.kind === kind) found.push(facts);
    }
    return found;
  }

  /** Surveys and evaluations of long conversations alone; much cheaper than those of all. */
  longQuality(kind: QualityFacts['kind'], fromMs: number, toMs: number): QualityFacts[] {
    const found: QualityFacts[] = [];
    for (let day = floorDay(fromMs); day < toMs; day += dayMs) {
      for (const facts of this.#longOf(day, usualDimensions).quality) if (facts.kind === kind) found.push(facts);
    }
    return found;
  }

  #firstDay(fromMs: number): number {
    return floorDay(fromMs - this.#world.lifetimeMsMax - marginMs);
  }

  #lateOf(day: number, fromMs: number, wanted: readonly string[]): Late {
    const { shortLifetimeMsMax, lifetimeMsMax } = this.#world;
    const isNear = day + dayMs > fromMs - (shortLifetimeMsMax ?? lifetimeMsMax) - marginMs;
    if (!isNear) return this.#longOf(day, wanted);
    const kept = this.#late.get(day);
    return kept !== undefined && hasAll(kept.dimensions, wanted) ? kept : this.#keepDay(day, wanted).late;
  }

  #day(day: number, wanted: readonly string[]): DayFacts {
    const kept = this.#prompt.get(day);
    return kept !== undefined && hasAll(kept.dimensions, wanted) ? kept : this.#keepDay(day, wanted).facts;
  }

  #keepDay(day: number, wanted: readonly string[]): { readonly facts: DayFacts; readonly late: Late } {
    const dimensions = new Set([...(this.#prompt.get(day)?.dimensions ?? []), ...wanted]);
    const facts = dayFacts(day, this.#world.conversationsOfDay(day), dimensions);
    const late = { dimensions, tables: facts.late, quality: facts.quality };
    keep(this.#prompt, day, facts, ({ prompt }) => rows(prompt), promptRowsMax);
    keep(this.#late, day, late, lateRows, lateRowsMax);
    return { facts, late };
  }

  #longOf(day: number, wanted: readonly string[]): Late {
    const near = this.#late.get(day);
    // All late facts of a day hold those of its long conversations, so they may stand in for them.
    if (near !== undefined && hasAll(near.dimensions, wanted)) return near;
    const kept = this.#long.get(day);
    if (kept !== undefined && hasAll(kept.dimensions, wanted)) return kept;
    const dimensions = new Set([...(kept?.dimensions ?? []), ...wanted]);
    const world = this.#world;
    const conversations = (world.longConversationsOfDay ?? world.conversationsOfDay).call(world, day);
    const facts = dayFacts(day, conversations, dimensions);
    const late = { dimensions, tables: facts.late, quality: facts.quality };
    keep(this.#long, day, late, lateRows, lateRowsMax);
    return late;
  }
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
  return rows(late.tables) + late.quality.length;
}

/** Lets the oldest go until number and size are within bounds; keeps the newest in any case. */
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
