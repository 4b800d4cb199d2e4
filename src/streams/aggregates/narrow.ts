import type { AggregatesPage, ApiAnswer, JsonObject } from '../../genesys/api.js';
import { isObject } from '../../lib/json.js';
import { listOf } from './rows.js';

type Answer = ApiAnswer<AggregatesPage>;

/** Outcome of one request for some of the metrics. */
export type Attempt = { readonly answer: Answer } | { readonly refused: readonly string[] } | 'refused';

export interface Narrowed {
  readonly answer: Answer;
  /** Metrics that were refused when requested alone, or named in a refusal. */
  readonly refused: readonly string[];
  /** Largest number of metrics that was accepted in one request. */
  readonly metricsMax: number;
}

/** Refused parts, before any is accepted, after which the refusal is not about metrics. Three rounds of halves. */
const refusedFirstMax = 2 + 4 + 8;
/** Far more requests than a dozen refused metrics need; a limit against an API that answers at random. */
const attemptsMax = 200;

/**
 * Requests a list of metrics by halves, for when all together are refused without a reason. Refused
 * halves are halved again until single metrics remain; all other responses are combined. Returns
 * undefined when nothing is accepted: then the metrics are not the cause.
 */
export async function narrow(
  metrics: readonly string[],
  ask: (part: readonly string[]) => Promise<Attempt>,
): Promise<Narrowed | undefined> {
  const pending = halves(metrics);
  const answers: Answer[] = [];
  const refused: string[] = [];
  let metricsMax = 0;
  for (let attempts = 0; pending.length > 0; attempts += 1) {
    if (attempts === attemptsMax || (attempts >= refusedFirstMax && answers.length === 0)) return undefined;
    const part = pending.shift() as readonly string[];
    const attempt = await ask(part);
    if (attempt === 'refused') {
      if (part.length === 1) refused.push(...part);
      else pending.push(...halves(part));
    } else if ('refused' in attempt) {
      refused.push(...attempt.refused);
      const rest = part.filter((metric) => !attempt.refused.includes(metric));
      if (rest.length > 0) pending.push(rest);
    } else {
      answers.push(attempt.answer);
      metricsMax = Math.max(metricsMax, part.length);
    }
  }
  return answers.length === 0 ? undefined : { answer: together(answers), refused, metricsMax };
}

function halves(metrics: readonly string[]): (readonly string[])[] {
  const middle = Math.ceil(metrics.length / 2);
  return [metrics.slice(0, middle), metrics.slice(middle)].filter((part) => part.length > 0);
}

/**
 * Combines responses about different metrics of one question into one, valid as of the earliest.
 * `answers` is not empty.
 */
export function together(answers: readonly Answer[]): Answer {
  const [first] = [...answers].sort((a, b) => a.requestedAt.getTime() - b.requestedAt.getTime()) as [Answer];
  if (answers.length === 1) return first;
  const groups = new Map<string, { result: JsonObject; data: Map<string, JsonObject> }>();
  const odd: unknown[] = [];
  for (const result of answers.flatMap(({ body }) => listOf(body.results))) {
    if (!isObject(result)) odd.push(result);
    else addResult(groups, result);
  }
  const results = [...groups.values()].map(({ result, data }) => ({ ...result, data: [...data.values()] }));
  return { ...first, body: { ...first.body, results: [...results, ...odd] as readonly JsonObject[] } };
}

function addResult(
  groups: Map<string, { result: JsonObject; data: Map<string, JsonObject> }>,
  result: JsonObject,
): void {
  const key = JSON.stringify(Object.entries(isObject(result.group) ? result.group : {}).sort());
  const group = groups.get(key) ?? { result, data: new Map<string, JsonObject>() };
  groups.set(key, group);
  for (const [index, item] of listOf(result.data).entries()) {
    const at = isObject(item) ? String(item.interval) : `${groups.size}.${index}`;
    const known = group.data.get(at);
    const metrics = [...listOf(known?.metrics), ...listOf(isObject(item) ? item.metrics : undefined)];
    group.data.set(at, isObject(item) ? { ...known, ...item, metrics } : (item as JsonObject));
  }
}
