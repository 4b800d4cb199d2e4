import type { AggregateQuery } from '../server/aggregates/analytics-modules.js';
import type { JsonObject, World } from '../world.js';
import { Accumulator } from './accumulate.js';
import { answerOf, OutputsBuilder, planOf } from './answer.js';
import { eventWorldOf } from './event-world.js';
import { factsOf } from './facts-store.js';

/** POST /api/v2/analytics/flows/aggregates/query. Throws the API's 400 when the result is too large. */
export function flowAggregates(query: AggregateQuery, world: World, nowMs: number): JsonObject {
  const outputs = new OutputsBuilder();
  for (const name of [...query.metrics].sort()) outputs.metric(name, [name]);
  for (const view of query.views) outputs.view(view, (metric) => [metric]);
  const plan = planOf(query, nowMs, outputs.series);
  const accumulator = new Accumulator(plan);
  const dimensions = [...query.groupBy, ...plan.filterDimensions];
  const { fromMs, toMs } = query.span;
  const source = factsOf(eventWorldOf(world));
  for (const table of source.tables('flows', fromMs, toMs, dimensions)) accumulator.add(table);
  return answerOf(query, accumulator.cells, outputs);
}
