import type { AggregatesPage, ApiAnswer, JsonObject } from '../../genesys/api.js';
import { anyOf } from '../../genesys/endpoints/predicates.js';
import { isObject } from '../../lib/json.js';
import { type AggregateQuestion, isTooLarge } from './query.js';
import { listOf } from './rows.js';

type Asked = (question: AggregateQuestion) => Promise<ApiAnswer<AggregatesPage>>;

/** Limit of requests for the halves of a list of queues; more than any organisation has queues. */
const requestsMax = 10_000;

/**
 * Requests one interval in parts by queue, for when all queues together are too large for one
 * response. The queues come from the same interval grouped by queue only, so that deleted queues
 * and data without a queue are included. Throws the API's refusal where a single queue is too
 * large.
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
  // The combined response is valid as of the earliest request.
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
