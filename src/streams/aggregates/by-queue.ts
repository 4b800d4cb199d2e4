import type { AggregatesPage, ApiAnswer, JsonObject } from '../../genesys/api.js';
import { anyOf } from '../../genesys/endpoints/predicates.js';
import { isObject } from '../../lib/json.js';
import { type AggregateQuestion, isTooLarge } from './query.js';
import { listOf } from './rows.js';

type Asked = (question: AggregateQuestion) => Promise<ApiAnswer<AggregatesPage>>;

/** A list of queues is halved at most this often: beyond any organisation's number of queues. */
const requestsMax = 10_000;

/**
 * Asks for one interval in parts by queue, for when all queues together are too much for one answer. Which queues there is something about
 * comes from the same interval grouped by queue alone, so that a deleted queue and what has no queue are not forgotten. Throws the API's
 * refusal where a single queue is too much.
 */
export async function askByQueue(
  ask: Asked,
  question: AggregateQuestion,
): Promise<{ readonly body: JsonObject; readonly requestedAt: Date }> {
  const overview = await ask({ ...question, body: { ...question.body, groupBy: ['queueId'] } });
  const queueIds = listOf(overview.body.results).map(queueIdOf);
  const known = queueIds.filter((id) => id !== null);
  const pending: (readonly string[])[] = known.length === 0 ? [] : halved(known);
  const results: unknown[] = [];
  const add = async (filter: JsonObject): Promise<void> => {
    const answer = await ask({ ...question, body: { ...question.body, filter } });
    results.push(...listOf(answer.body.results));
  };
  if (known.length < queueIds.length) await add(withoutQueue);
  for (let requests = 0; pending.length > 0; requests += 1) {
    if (requests === requestsMax) throw new Error(`An interval was not whole after ${requestsMax} requests by queue.`);
    const part = pending.shift() ?? [];
    try {
      await add(anyOf('queueId', part));
    } catch (error) {
      if (!isTooLarge(error) || part.length < 2) throw error;
      pending.push(...halved(part));
    }
  }
  // The whole is valid as of the earliest request.
  return { body: { results }, requestedAt: overview.requestedAt };
}

function queueIdOf(result: unknown): string | null {
  const group = isObject(result) && isObject(result.group) ? result.group : {};
  return typeof group.queueId === 'string' && group.queueId !== '' ? group.queueId : null;
}

function halved(ids: readonly string[]): (readonly string[])[] {
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)].filter((part) => part.length > 0);
}

const withoutQueue: JsonObject = {
  type: 'and',
  predicates: [{ type: 'dimension', dimension: 'queueId', operator: 'notExists' }],
};
