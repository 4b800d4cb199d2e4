import type { GenesysApi } from '../../genesys/api.js';
import { anyOf } from '../../genesys/endpoints/predicates.js';
import { dayMs, formatInterval, hourMs, lengthMs, minuteMs, plus } from '../../lib/interval.js';
import type { Page, Slice, Stream, StreamContext } from '../../model/extraction.js';
import { type KnownUsers, knownUsers } from '../directory/user-ids.js';
import { LeftOutUsers } from './left-out-users.js';
import { createAsker, isTooLarge } from './query.js';
import type { AggregateShape } from './rows.js';
import {
  aggregatePage,
  type Granularity,
  granularityMs,
  isLive,
  repassAgesMs,
  sliceLengths,
  splitSteps,
  wholeSteps,
} from './stream.js';

/** `userId` predicates in one query. */
const usersMax = 100;
/** Statuses are known late as well; a live pull asks for this much before it at no further request. */
const reachBackMs = hourMs;
const metrics = ['tAgentRoutingStatus', 'tOrganizationPresence', 'tSystemPresence'];

const shape: AggregateShape = {
  relation: 'user_aggregates',
  dimensions: [{ name: 'userId', column: 'user_id', type: 'uuid', isRequired: true }],
};

/** POST /api/v2/analytics/users/aggregates/query: the time of every user in each status, a hundred users a request. */
export function userAggregateStream(api: GenesysApi, granularity: Granularity, users = knownUsers(api)): Stream {
  const stepMs = granularityMs[granularity];
  const ask = createAsker((body, call) => api.userAggregates(body, call));
  const leftOut = new LeftOutUsers(usersMax);
  return {
    name: shape.relation,
    kind: 'interval',
    priority: 1,
    isDefault: true,
    lagMs: 2 * minuteMs,
    repassAgesMs,
    sliceLengthMs: sliceLengths(stepMs),
    mergedLengthMs: dayMs,
    sliceLengthMsMin: splitSteps * stepMs,
    pages: (slice, context) => pages({ ask, users, leftOut, granularity }, slice, context),
  };
}

interface Parts {
  readonly ask: ReturnType<typeof createAsker>;
  readonly users: KnownUsers;
  readonly leftOut: LeftOutUsers;
  readonly granularity: Granularity;
}

async function* pages(parts: Parts, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const whole = wholeSteps(slice.interval, granularityMs[parts.granularity]);
  const live = isLive(slice, context.now());
  const interval = live ? { from: plus(whole.from, -reachBackMs), to: whole.to } : whole;
  const after = (slice.cursor as { after: string } | null)?.after ?? '';
  const ids = (await parts.users(interval.from, context)).filter((id) => id > after);
  // The ledger cuts the slice in two while that leaves whole steps; below that users are asked for in smaller groups.
  const isSmallest = lengthMs(slice.interval) < 2 * splitSteps * granularityMs[parts.granularity];
  let size = usersMax;
  for (let from = 0; from < ids.length; ) {
    size = Math.min(size, parts.leftOut.size);
    const asked = ids.slice(from, from + size);
    const ask = (userIds: readonly string[]) => {
      const body = {
        interval: formatInterval(interval),
        granularity: parts.granularity,
        groupBy: ['userId'],
        metrics,
        filter: anyOf('userId', userIds),
      };
      return parts.ask({ body, call: { signal: context.signal, priority: live ? 0 : 1 }, log: context.log });
    };
    const answer = await parts.leftOut.askAll(asked, ask, context.log).catch((error: unknown) => {
      if (!isTooLarge(error) || !isSmallest || asked.length === 1) throw error;
      return null;
    });
    if (answer === null) {
      size = Math.ceil(asked.length / 2);
      continue;
    }
    from += asked.length;
    const scope = { column: 'user_id', values: asked };
    yield aggregatePage(shape, interval, answer, { after: asked.at(-1) ?? after }, scope);
  }
}
