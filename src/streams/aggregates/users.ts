import type { GenesysApi } from '../../genesys/api.js';
import { anyOf } from '../../genesys/endpoints/predicates.js';
import { dayMs, formatInterval, hourMs, type Interval, lengthMs, minuteMs, plus } from '../../lib/interval.js';
import { inOrder, type LookAhead } from '../../lib/look-ahead.js';
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
/** Statuses arrive late as well; a live pull also covers this much before it in the same request. */
const reachBackMs = hourMs;
const metrics = ['tAgentRoutingStatus', 'tOrganizationPresence', 'tSystemPresence'];

const shape: AggregateShape = {
  relation: 'user_aggregates',
  dimensions: [{ name: 'userId', column: 'user_id', type: 'uuid', isRequired: true }],
};

/**
 * POST /api/v2/analytics/users/aggregates/query: the time of every user in each status, a hundred
 * users per request.
 */
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
    pages: (slice, context) => pages({ ask, users, leftOut, granularity, lookAhead: api.lookAhead }, slice, context),
  };
}

interface Parts {
  readonly ask: ReturnType<typeof createAsker>;
  readonly users: KnownUsers;
  readonly leftOut: LeftOutUsers;
  readonly granularity: Granularity;
  readonly lookAhead: LookAhead | undefined;
}

async function* pages(parts: Parts, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const whole = wholeSteps(slice.interval, granularityMs[parts.granularity]);
  const live = isLive(slice, context.now());
  const interval = live ? { from: plus(whole.from, -reachBackMs), to: whole.to } : whole;
  const after = (slice.cursor as { after: string } | null)?.after ?? '';
  const ids = (await parts.users(interval.from, context)).filter((id) => id > after);
  // The ledger splits the slice while that leaves whole steps; below that users are requested in
  // smaller groups.
  const isSmallest = lengthMs(slice.interval) < 2 * splitSteps * granularityMs[parts.granularity];
  const question = { interval, priority: live ? 0 : 1, isSmallest };
  let size = usersMax;
  for (let from = 0; from < ids.length; ) {
    size = Math.min(size, parts.leftOut.size);
    for await (const { asked, answer } of groups(parts, question, groupsOf(ids.slice(from), size), context)) {
      if (answer === null) {
        size = Math.ceil(asked.length / 2);
        break;
      }
      from += asked.length;
      const scope = { column: 'user_id', values: asked };
      yield aggregatePage(shape, interval, answer, { after: asked.at(-1) ?? after }, scope);
      if (from === ids.length || parts.leftOut.size < size) break;
    }
  }
}

interface Question {
  readonly interval: Interval;
  readonly priority: number;
  /** True if the slice cannot be split any further. */
  readonly isSmallest: boolean;
}

/** Requests one group of users after the other, several at a time. `answer` is null for a group that is too large. */
function groups(parts: Parts, question: Question, of: readonly (readonly string[])[], context: StreamContext) {
  const { interval, priority, isSmallest } = question;
  const ask = (userIds: readonly string[], signal: AbortSignal) => {
    const body = {
      interval: formatInterval(interval),
      granularity: parts.granularity,
      groupBy: ['userId'],
      metrics,
      filter: anyOf('userId', userIds),
    };
    return parts.ask({ body, call: { signal, priority }, log: context.log });
  };
  return inOrder({
    first: 0,
    ask: async (number, signal) => {
      const asked = of[number] as readonly string[];
      const answer = await parts.leftOut
        .askAll(asked, (userIds) => ask(userIds, signal), context.log)
        .catch((error: unknown) => {
          if (!isTooLarge(error) || !isSmallest || asked.length === 1) throw error;
          return null;
        });
      return { asked, answer };
    },
    last: of.length - 1,
    lastOf: () => of.length - 1,
    lookAhead: parts.lookAhead,
    signal: context.signal,
  });
}

function groupsOf(ids: readonly string[], size: number): (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, group) =>
    ids.slice(group * size, (group + 1) * size),
  );
}
