import type { GenesysApi, JsonObject } from '../genesys/api.js';
import { dayMs, earlier, floorTo, hourMs, type Interval, later, minuteMs, plus } from '../interval.js';
import type { Log } from '../log.js';

export interface PollParts {
  readonly api: Pick<GenesysApi, 'detailsQuery'>;
  readonly queueIds: readonly string[];
  /** When the last polling that succeeded began; null before the first. */
  readonly polledUntil: Date | null;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly log: Log;
}

export interface PolledPage {
  readonly records: readonly JsonObject[];
  readonly asOf: Date;
}

/** Analytics lag behind what happens, so that each poll looks at more than the time since the last one. */
const reachMs = 15 * minuteMs;
const overlapMs = 5 * minuteMs;
/** What lies further back is the scheduled streams' to find: after-call work is long over there. */
const reachMsMax = 6 * hourMs;
/** A conversation that began before midnight is found by a query that touches its day. */
const midnightMs = 2 * hourMs;
const pageSize = 100;
const pagesMax = 100;
/** A list of predicates that is known to be accepted; more queues are told apart here. */
const queuePredicatesMax = 50;

/** POST /api/v2/analytics/conversations/details/query over the last minutes, newest first: what was alive in them. */
export async function* pollRecent(parts: PollParts): AsyncGenerator<PolledPage, void, void> {
  for (const interval of intervals(parts.now, parts.polledUntil)) yield* pages(parts, interval);
}

/** The query finds what started on a day that the interval touches, so that at night yesterday's last minute is asked for as well. */
export function intervals(now: Date, polledUntil: Date | null): Interval[] {
  const usual = plus(now, -reachMs);
  const asked = polledUntil === null ? usual : earlier(usual, plus(polledUntil, -overlapMs));
  const recent = { from: later(asked, plus(now, -reachMsMax)), to: now };
  const midnight = floorTo(now, dayMs);
  const isCovered = recent.from < midnight || now.getTime() - midnight.getTime() > midnightMs;
  return isCovered ? [recent] : [recent, { from: plus(midnight, -minuteMs), to: midnight }];
}

async function* pages({ api, queueIds, signal, log }: PollParts, interval: Interval): AsyncGenerator<PolledPage> {
  const wanted = new Set(queueIds);
  const filters = queueIds.length <= queuePredicatesMax ? { filters: queueFilter(queueIds) } : {};
  for (let pageNumber = 1; pageNumber <= pagesMax; pageNumber += 1) {
    const answer = await api.detailsQuery(
      { interval, pageNumber, pageSize, order: 'desc', ...filters },
      { signal, priority: 0 },
    );
    const all = answer.body.conversations ?? [];
    const records = all.filter((record) => isInQueues(record, wanted));
    if (records.length > 0) yield { records, asOf: answer.requestedAt };
    if (all.length < pageSize) return;
  }
  log.warn(
    { conversations: pagesMax * pageSize },
    'More conversations were alive in the last minutes than polling reads',
  );
}

function queueFilter(queueIds: readonly string[]): JsonObject {
  const predicates = queueIds.map((value) => ({ type: 'dimension', dimension: 'queueId', operator: 'matches', value }));
  return { segmentFilters: [{ type: 'or', predicates }] };
}

function isInQueues(record: JsonObject, wanted: ReadonlySet<string>): boolean {
  const list = (value: unknown) => (Array.isArray(value) ? (value as JsonObject[]) : []);
  return list(record.participants).some((participant) =>
    list(participant?.sessions).some((session) =>
      list(session?.segments).some(({ queueId }) => typeof queueId === 'string' && wanted.has(queueId)),
    ),
  );
}
