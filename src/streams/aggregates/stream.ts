/**
 * Builds the streams of interval aggregates. The current day is pulled in slices of the
 * granularity; a live pull also covers the two hours before it in the same request, because figures
 * arrive late. A past day is one slice, so that each of its passes is one request.
 */
import type { AggregatesPage, ApiAnswer, GenesysApi, JsonObject } from '../../genesys/api.js';
import {
  dayMs,
  earlier,
  floorTo,
  formatInterval,
  hourMs,
  type Interval,
  lengthMs,
  minuteMs,
  plus,
} from '../../lib/interval.js';
import type { Json, Page, Slice, Stream, StreamContext } from '../../model/extraction.js';
import { askByQueue } from './by-queue.js';
import { type AggregateQuestion, type Ask, createAsker, isTooLarge } from './query.js';
import { type AggregateShape, aggregateRows } from './rows.js';

export interface AggregateKind extends AggregateShape {
  readonly metrics: readonly string[];
  readonly ask: (api: GenesysApi) => Ask;
  /** Length of slices of the current day; the granularity by default, which must divide it. */
  readonly liveLengthMs?: number;
}

export type Granularity = 'PT15M' | 'PT30M' | 'PT1H';

export const granularityMs: Readonly<Record<Granularity, number>> = {
  PT15M: 15 * minuteMs,
  PT30M: 30 * minuteMs,
  PT1H: hourMs,
};

/** Genesys restates data from 48 hours on, and attaches surveys and evaluations within days and weeks. */
export const repassAgesMs = [dayMs, 3 * dayMs, 8 * dayMs, 31 * dayMs] as const;
const catchUpLengthMs = 6 * hourMs;
const reachBackMs = 2 * hourMs;
/** A day can be halved down to three steps without splitting a step. */
export const splitSteps = 3;

/**
 * Returns the slice lengths: live slices for the last hours, quarters of a day for gaps of today,
 * whole days before that.
 */
export function sliceLengths(liveLengthMs: number): Stream['sliceLengthMs'] {
  return (at, now) => {
    const ageMs = now.getTime() - at.getTime();
    if (ageMs > dayMs) return dayMs;
    return ageMs > 2 * hourMs ? Math.max(liveLengthMs, catchUpLengthMs) : liveLengthMs;
  };
}

export function aggregateStream(api: GenesysApi, granularity: Granularity, kind: AggregateKind): Stream {
  const stepMs = granularityMs[granularity];
  const liveLengthMs = kind.liveLengthMs ?? stepMs;
  const puller = new AggregatePuller(createAsker(kind.ask(api)), granularity, kind);
  return {
    name: kind.relation,
    kind: 'interval',
    priority: 1,
    isDefault: true,
    lagMs: 2 * minuteMs,
    repassAgesMs,
    sliceLengthMs: sliceLengths(liveLengthMs),
    mergedLengthMs: dayMs,
    sliceLengthMsMin: splitSteps * stepMs,
    pages: (slice, context) => puller.pages(slice, context),
  };
}

/** Extends an interval to whole steps, because a step that is pulled in part would be stored in part. */
export function wholeSteps(interval: Interval, stepMs: number): Interval {
  const to = floorTo(interval.to, stepMs);
  return { from: floorTo(interval.from, stepMs), to: to < interval.to ? plus(to, stepMs) : to };
}

/** Returns true for slices recent enough that somebody is waiting for them. */
export function isLive(slice: Slice, now: Date): boolean {
  return slice.pass === 0 && plus(slice.interval.to, 2 * hourMs) > now;
}

/** Pulls slices of one kind; stops reaching back once that has made a response too large. */
class AggregatePuller {
  readonly #ask: (question: AggregateQuestion) => Promise<ApiAnswer<AggregatesPage>>;
  readonly #granularity: Granularity;
  readonly #kind: AggregateKind;
  #reachMs = reachBackMs;

  constructor(
    ask: (question: AggregateQuestion) => Promise<ApiAnswer<AggregatesPage>>,
    granularity: Granularity,
    kind: AggregateKind,
  ) {
    this.#ask = ask;
    this.#granularity = granularity;
    this.#kind = kind;
  }

  async *pages(slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
    const stepMs = granularityMs[this.#granularity];
    const whole = wholeSteps(slice.interval, stepMs);
    const next = (slice.cursor as { next: string } | null)?.next;
    let from = next === undefined ? whole.from : new Date(next);
    let pullMs = whole.to.getTime() - from.getTime();
    while (from < whole.to) {
      const interval = { from, to: earlier(plus(from, pullMs), whole.to) };
      const page = await this.#pull(slice, interval, context).catch((error: unknown) => {
        if (!isTooLarge(error) || lengthMs(interval) <= stepMs) throw error;
        // The ledger splits the slice while that leaves whole steps; below that it is pulled step
        // by step.
        if (from === whole.from && lengthMs(slice.interval) >= 2 * splitSteps * stepMs) throw error;
        pullMs = stepMs;
        return null;
      });
      if (page === null) continue;
      yield page;
      from = interval.to;
    }
  }

  async #pull(slice: Slice, interval: Interval, context: StreamContext): Promise<Page> {
    const stepMs = granularityMs[this.#granularity];
    const reachMs = isLive(slice, context.now()) && lengthMs(interval) <= reachBackMs ? this.#reachMs : 0;
    const reached = { from: plus(interval.from, -reachMs), to: interval.to };
    try {
      return this.#page(reached, await this.#ask(this.#question(slice, reached, context)));
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (reachMs > 0) {
        this.#reachMs = 0;
        return this.#pull(slice, interval, context);
      }
      const isByQueue = this.#kind.dimensions.some(({ name }) => name === 'queueId');
      if (lengthMs(interval) > stepMs || !isByQueue) throw error;
      context.log.info({ interval: formatInterval(interval) }, 'Result too large; splitting by queue');
      return this.#page(interval, await askByQueue(this.#ask, this.#question(slice, interval, context)));
    }
  }

  #question(slice: Slice, interval: Interval, context: StreamContext): AggregateQuestion {
    const body: AggregateQuestion['body'] = {
      interval: formatInterval(interval),
      granularity: this.#granularity,
      groupBy: this.#kind.dimensions.map(({ name }) => name),
      metrics: this.#kind.metrics,
    };
    const priority = isLive(slice, context.now()) ? 0 : 1;
    return { body, call: { signal: context.signal, priority }, log: context.log };
  }

  #page(interval: Interval, answer: { readonly body: JsonObject; readonly requestedAt: Date }): Page {
    return aggregatePage(this.#kind, interval, answer, { next: interval.to.toISOString() });
  }
}

/** Builds a page from one response; with `scope` it covers only these values of a dimension. */
export function aggregatePage(
  shape: AggregateShape,
  interval: Interval,
  answer: { readonly body: JsonObject; readonly requestedAt: Date },
  cursor: Json,
  scope?: { readonly column: string; readonly values: readonly string[] },
): Page {
  const results = Array.isArray(answer.body.results) ? answer.body.results : [];
  const { rows, rejects } = aggregateRows(shape, results, interval);
  const batch = {
    kind: 'interval' as const,
    relation: shape.relation,
    interval,
    dimensions: [...shape.dimensions.map(({ column }) => column), 'metric', 'qualifier'],
    ...(scope && { scope }),
    rows,
  };
  return { asOf: answer.requestedAt, batches: [batch], rejects, cursor, recordCount: rows.length };
}
