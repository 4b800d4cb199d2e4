import type { GenesysApi } from '../../genesys/api.js';
import type { StreamContext } from '../../model/extraction.js';

/** More queues than any organisation has; a limit against a listing that repeats itself. */
const queuesMax = 100_000;

/** Lists the ids of all queues in lower case, in order. `priority` is that of the request limiter: 0 goes first. */
export async function listQueueIds(
  api: GenesysApi,
  context: StreamContext,
  priority: 0 | 1,
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for await (const page of api.listQueues({ signal: context.signal, priority })) {
    for (const { id } of page.entities) if (typeof id === 'string') ids.add(id.toLowerCase());
    if (ids.size > queuesMax) throw new Error(`The listing of queues gave more than ${queuesMax} queues.`);
  }
  return [...ids].sort();
}
