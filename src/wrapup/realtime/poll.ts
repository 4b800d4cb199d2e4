import type { GenesysApi, JsonObject } from '../../genesys/api.js';
import { anyOf } from '../../genesys/endpoints/predicates.js';
import { ApiError } from '../../lib/errors.js';
import {
  dayMs,
  earlier,
  floorTo,
  formatInterval,
  hourMs,
  type Interval,
  later,
  minuteMs,
  plus,
} from '../../lib/interval.js';
import type { Log } from '../../lib/log.js';

export interface PollParts {
  readonly api: Pick<GenesysApi, 'detailsQuery'>;
  readonly queueIds: readonly string[];
  /** Start of the last successful poll; null before the first. */
  readonly polledUntil: Date | null;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Kept from poll to poll. */
  readonly state: PollState;
}

export interface PollState {
  /** True if this organisation's API cannot filter segments by their end. */
  isEndRefused: boolean;
}

export interface PolledPage {
  readonly records: readonly JsonObject[];
  readonly asOf: Date;
}

/** Analytics lag behind events, so each poll covers more than the time since the last one. */
const reachMs = 15 * minuteMs;
const overlapMs = 5 * minuteMs;
/** Older conversations are left to the scheduled streams, because their after-call work has ended. */
const reachMsMax = 6 * hourMs;
/** The longest interval that the query accepts. */
const olderMs = 7 * dayMs;
const pageSize = 100;
const pagesMax = 100;
/** Number of predicates that is known to be accepted; with more queues, results are filtered here. */
const queuePredicatesMax = 50;

/** Returns the interval that a poll covers. */
export function polledSpan(now: Date, polledUntil: Date | null): Interval {
  const usual = plus(now, -reachMs);
  const asked = polledUntil === null ? usual : earlier(usual, plus(polledUntil, -overlapMs));
  return { from: later(asked, plus(now, -reachMsMax)), to: now };
}

/**
 * POST /api/v2/analytics/conversations/details/query: yields conversations that were active in the
 * last minutes, newest first. The query finds those that started on a day that its interval
 * touches, so a second one covers the week before, for conversations in which a segment ended in
 * these minutes.
 */
export async function* pollRecent(parts: PollParts): AsyncGenerator<PolledPage, void, void> {
  const span = polledSpan(parts.now, parts.polledUntil);
  const queues = parts.queueIds.length <= queuePredicatesMax ? [anyOf('queueId', parts.queueIds)] : [];
  yield* pages(parts, span, queues.length > 0 ? { segmentFilters: queues } : {});
  if (parts.state.isEndRefused) return;
  const midnight = floorTo(span.from, dayMs);
  const ended = { type: 'dimension', dimension: 'segmentEnd', operator: 'matches', value: formatInterval(span) };
  const filter = { type: 'and', predicates: [ended], ...(queues.length > 0 && { clauses: queues }) };
  try {
    yield* pages(parts, { from: plus(midnight, -olderMs), to: midnight }, { segmentFilters: [filter] });
  } catch (error) {
    if (!(error instanceof ApiError) || error.facts.status !== 400) throw error;
    parts.state.isEndRefused = true;
    parts.log.warn(
      { reason: error.message },
      'Polling cannot query conversations of earlier days; their events and open_conversations find them',
    );
  }
}

async function* pages(
  { api, queueIds, signal, log }: PollParts,
  interval: Interval,
  filters: JsonObject,
): AsyncGenerator<PolledPage> {
  const wanted = new Set(queueIds);
  for (let pageNumber = 1; pageNumber <= pagesMax; pageNumber += 1) {
    const answer = await api.detailsQuery(
      { interval, pageNumber, pageSize, order: 'desc', filters },
      { signal, priority: 0 },
    );
    const all = answer.body.conversations ?? [];
    const records = all.filter((record) => isInQueues(record, wanted));
    if (records.length > 0) yield { records, asOf: answer.requestedAt };
    if (all.length < pageSize) return;
  }
  log.warn({ conversations: pagesMax * pageSize }, 'Poll truncated: more recent conversations than the poll limit');
}

function isInQueues(record: JsonObject, wanted: ReadonlySet<string>): boolean {
  const list = (value: unknown) => (Array.isArray(value) ? (value as JsonObject[]) : []);
  return list(record.participants).some((participant) =>
    list(participant?.sessions).some((session) =>
      list(session?.segments).some(({ queueId }) => typeof queueId === 'string' && wanted.has(queueId)),
    ),
  );
}
