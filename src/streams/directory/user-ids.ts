import type { GenesysApi } from '../../genesys/api.js';
import { minuteMs } from '../../lib/interval.js';
import type { StreamContext } from '../../model/extraction.js';

const listedKeptMs = 10 * minuteMs;
const usersMax = 500_000;

export type KnownUsers = (since: Date, context: StreamContext) => Promise<readonly string[]>;

/**
 * Returns the ids of the users to request, in id order: those of the stored directory. Before its
 * first listing is stored (on the first start, or where only one stream is requested), they are
 * listed here, so that no stream waits for another.
 */
export function knownUsers(api: GenesysApi): KnownUsers {
  let listed: { readonly at: Date; readonly ids: Promise<readonly string[]> } | undefined;
  return async (since, context) => {
    const stored = await context.userIds(since);
    if (stored.length > 0) return stored;
    const now = context.now();
    if (listed === undefined || now.getTime() - listed.at.getTime() > listedKeptMs) {
      listed = { at: now, ids: listIds(api, context) };
      // A failed listing is requested again by the next slice.
      listed.ids.catch(() => {
        listed = undefined;
      });
    }
    return listed.ids;
  };
}

async function listIds(api: GenesysApi, context: StreamContext): Promise<readonly string[]> {
  const ids = new Set<string>();
  for await (const page of api.listUsers({ signal: context.signal, priority: 0 })) {
    for (const { id } of page.entities) if (typeof id === 'string') ids.add(id.toLowerCase());
    if (ids.size > usersMax) throw new Error(`The listing of users gave more than ${usersMax} users.`);
  }
  return [...ids].sort();
}
