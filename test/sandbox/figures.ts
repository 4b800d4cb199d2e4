import { aggregates } from '../../src/sandbox/aggregates/index.js';
import type { AggregateKind, AggregateQuery } from '../../src/sandbox/index.js';
import type { DimensionLookup } from '../../src/sandbox/server/aggregates/analytics-modules.js';
import { splitByGranularity } from '../../src/sandbox/server/aggregates/granularity.js';
import { compileFilter } from '../../src/sandbox/server/details/filters.js';
import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import type { SimulatedWorld } from '../../src/sandbox/world/index.js';
import type { Json, JsonObject } from '../../src/sandbox/world.js';

export const dayMs = 86_400_000;

export interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly metrics: readonly string[];
  readonly kind?: AggregateKind;
  readonly granularity?: string;
  readonly timeZone?: string;
  readonly groupBy?: readonly string[];
  readonly filter?: JsonObject;
  readonly views?: readonly JsonObject[];
  readonly isFlattened?: boolean;
  readonly alternateTimeDimension?: string;
}

/** Asks as the server does, without HTTP between. */
export function ask(world: SimulatedWorld, asked: Asked): JsonObject {
  const { fromMs, toMs, filter, timeZone = 'UTC' } = asked;
  const span = { fromMs, toMs };
  const everybody = (_: DimensionLookup) => true;
  const query: AggregateQuery = {
    kind: asked.kind ?? 'conversations',
    span,
    buckets: splitByGranularity(span, asked.granularity, timeZone),
    timeZone,
    metrics: asked.metrics,
    groupBy: asked.groupBy ?? [],
    matches: filter === undefined ? everybody : compileFilter(filter, 'filter', undefined),
    flattenMultivaluedDimensions: asked.isFlattened ?? false,
    alternateTimeDimension: asked.alternateTimeDimension,
    views: asked.views ?? [],
    body: filter === undefined ? {} : { filter },
  };
  return aggregates(query, world, asked.nowMs);
}

export interface Figure {
  count: number;
  sum: number;
}

/** Figures by a readable key: start of the interval, values of the group, metric, and qualifier where there is one. */
export type Figures = Map<string, Figure>;

export function figuresOf(answer: JsonObject, groupBy: readonly string[]): Figures {
  const figures: Figures = new Map();
  for (const result of objects(answer.results)) {
    const group = groupBy.map((name) => textOf((result.group as JsonObject)[name])).join(' ');
    for (const data of objects(result.data)) {
      const start = String(data.interval).split('/')[0];
      for (const { metric, qualifier, stats } of objects(data.metrics)) {
        const { count, sum = count } = stats as { count: number; sum?: number };
        const key = [start, group, metric, ...(qualifier === undefined ? [] : [qualifier])].join(' ');
        figures.set(key, { count, sum });
      }
    }
  }
  return figures;
}

export function add(figures: Figures, key: string, value: number): void {
  const figure = figures.get(key) ?? { count: 0, sum: 0 };
  figure.count += 1;
  figure.sum += value;
  figures.set(key, figure);
}

export function textOf(value: Json | undefined): string {
  return value === undefined ? '-' : String(value);
}

/** Keys whose figures differ, with both; short, because a wrong rule makes thousands. */
export function differences(expected: Figures, actual: Figures): string[] {
  const keys = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  const text = (figure: Figure | undefined) => (figure === undefined ? 'nothing' : `${figure.count} of ${figure.sum}`);
  return keys
    .filter((key) => text(expected.get(key)) !== text(actual.get(key)))
    .map((key) => `${key}: ${text(expected.get(key))} expected, ${text(actual.get(key))} found`);
}
