import type { AggregateQuery } from '../server/aggregates/analytics-modules.js';
import type { Directory, JsonObject, World } from '../world.js';
import { Accumulator, type Cell, type Lookup, type Plan } from './accumulate.js';
import { answerOf, OutputsBuilder, objectOf, planOf } from './answer.js';
import { eventWorldOf } from './event-world.js';
import { factsOf } from './facts-store.js';

/** A customer's wait is over when somebody answers, when he gives up, or when he is taken elsewhere. */
const waitSources: readonly string[] = ['tAnswered', 'tAbandon', 'tFlowOut'];
const mediaKeys: Readonly<Record<string, string>> = {
  voice: 'call',
  callback: 'callback',
  chat: 'chat',
  email: 'email',
  message: 'message',
};
/** The queue has no target for the medium. */
const noTarget = -1;

/** POST /api/v2/analytics/conversations/aggregates/query. Throws the API's 400 when the result is too large. */
export function conversationAggregates(query: AggregateQuery, world: World, nowMs: number): JsonObject {
  const source = eventWorldOf(world);
  const outputs = new OutputsBuilder();
  const queueWork = outputs.position(['nOffered', ...waitSources]);
  for (const name of [...query.metrics].sort()) addMetric(outputs, name, queueWork);
  for (const view of query.views) outputs.view(view, sourcesOf);
  const plan = { ...planOf(query, nowMs, outputs.series), ...labelOf(query, world.directory, queueWork) };
  const accumulator = new Accumulator(plan);
  const dimensions = [...query.groupBy, ...plan.filterDimensions];
  const { fromMs, toMs } = query.span;
  for (const table of factsOf(source).tables('conversations', fromMs, toMs, dimensions)) accumulator.add(table);
  return answerOf(query, accumulator.cells, outputs);
}

function addMetric(outputs: OutputsBuilder, name: string, queueWork: number): void {
  if (name === 'oServiceLevel') addServiceLevel(outputs, queueWork);
  else if (name === 'oServiceTarget') addServiceTarget(outputs, queueWork);
  else outputs.metric(name, sourcesOf(name));
}

function sourcesOf(metric: string): readonly string[] {
  return metric === 'tWait' ? waitSources : [metric];
}

/**
 * Answered in time among answered and abandoned: the system's setting when nobody has changed it. It is reported wherever a queue had
 * anything to do, so that a half hour in which everybody was still waiting has a ratio of 0 with a denominator of 0.
 */
function addServiceLevel(outputs: OutputsBuilder, queueWork: number): void {
  const answered = outputs.position(['tAnswered']);
  const late = outputs.position(['nOverSla']);
  const abandoned = outputs.position(['tAbandon']);
  outputs.metrics.push((cell) => {
    if (cell.sums[queueWork] === undefined) return undefined;
    const count = (position: number) => cell.sums[position]?.count ?? 0;
    const numerator = count(answered) - count(late);
    const denominator = count(answered) + count(abandoned);
    const ratio = denominator === 0 ? 0 : numerator / denominator;
    return { metric: 'oServiceLevel', stats: { ratio, numerator, denominator, ...targetOf(cell) } };
  });
}

function addServiceTarget(outputs: OutputsBuilder, queueWork: number): void {
  outputs.metrics.push((cell) => {
    const target = targetOf(cell);
    return cell.sums[queueWork] === undefined || target.target === undefined
      ? undefined
      : { metric: 'oServiceTarget', stats: target };
  });
}

/** Only where all that is counted has the same target. */
function targetOf({ label }: Cell): { target?: number } {
  return label === undefined || Number.isNaN(label) || label === noTarget ? {} : { target: label };
}

function labelOf(query: AggregateQuery, directory: Directory, position: number): Pick<Plan, 'label'> {
  if (!query.metrics.some((name) => name === 'oServiceLevel' || name === 'oServiceTarget')) return {};
  const queues = new Map(directory.queues.map((queue) => [String(queue.id), queue]));
  const of = (lookup: Lookup) => {
    const settings = objectOf(queues.get(lookup('queueId')[0] ?? '')?.mediaSettings);
    const medium = objectOf(settings[mediaKeys[lookup('mediaType')[0] ?? ''] ?? '']);
    const share = objectOf(medium.serviceLevel).percentage;
    return typeof share === 'number' ? share : noTarget;
  };
  return { label: { dimensions: ['queueId', 'mediaType'], position, of } };
}
