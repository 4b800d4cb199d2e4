import type { GenesysApi, JsonObject } from '../genesys/api.js';
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
} from '../lib/interval.js';
import { isObject } from '../lib/json.js';
import { inOrder } from '../lib/look-ahead.js';
import type { EntityRow, Page, Reject, Slice, SpanBatch, Stream, StreamContext } from '../model/extraction.js';
import { nestingFault } from '../values/bounds.js';
import { parseInstant } from '../values/instant.js';
import { LossyValue, readValue } from '../values/values.js';
import { listOf, readJson, rejectOf, textOf } from './aggregates/rows.js';
import { isLive, repassAgesMs, sliceLengths } from './aggregates/stream.js';

const lagMs = 2 * minuteMs;
const pageSize = 100;
const pagesMax = 1_000;
/**
 * Consecutive empty pages that end the paging although more hits are announced, because the API
 * filters duplicates out of pages.
 */
const emptyPagesMax = 2;

interface SpanKind {
  readonly relation: string;
  /** Member of a user's record that contains the spans. */
  readonly member: string;
  readonly statuses: readonly { readonly name: string; readonly column: string; readonly type: 'uuid' | 'text' }[];
}

const spanKinds: readonly SpanKind[] = [
  {
    relation: 'user_presences',
    member: 'primaryPresence',
    statuses: [
      { name: 'systemPresence', column: 'system_presence', type: 'text' },
      { name: 'organizationPresenceId', column: 'organization_presence_id', type: 'uuid' },
    ],
  },
  {
    relation: 'user_routing_statuses',
    member: 'routingStatus',
    statuses: [{ name: 'routingStatus', column: 'routing_status', type: 'text' }],
  },
];

/**
 * POST /api/v2/analytics/users/details/query: presences and routing statuses as spans. Every pull
 * begins at midnight UTC, where stored spans are split anyway, so that a response never splits one
 * anywhere else; the current day is pulled every hour.
 */
export function userDetailStream(api: GenesysApi): Stream {
  return {
    name: 'user_details',
    kind: 'interval',
    priority: 1,
    isDefault: true,
    lagMs,
    repassAgesMs,
    sliceLengthMs: sliceLengths(hourMs),
    mergedLengthMs: dayMs,
    sliceLengthMsMin: hourMs,
    pages: (slice, context) => pages(api, slice, context),
  };
}

async function* pages(api: GenesysApi, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const interval = askedInterval(slice.interval, context.now());
  const call = { priority: isLive(slice, context.now()) ? 0 : 1 };
  const first = (slice.cursor as { nextPage: number } | null)?.nextPage ?? 1;
  const answers = inOrder({
    first,
    ask: (pageNumber, signal) => {
      const body = { interval: formatInterval(interval), order: 'asc', paging: { pageSize, pageNumber } };
      return api.userDetails(body, { ...call, signal });
    },
    lastOf: ({ body }) => Math.min(pagesMax, Math.ceil((body.totalHits ?? 0) / pageSize)),
    lookAhead: api.lookAhead,
    signal: context.signal,
  });
  let pageNumber = first;
  let empty = 0;
  for await (const { body, requestedAt } of answers) {
    const users = listOf(body.userDetails);
    empty = users.length === 0 ? empty + 1 : 0;
    yield userPage(users, interval, requestedAt, pageNumber + 1);
    const isAll = pageNumber * pageSize >= (body.totalHits ?? 0);
    // A page may be shorter than requested and the total is approximate: only if both say so was it
    // the last.
    if (empty === emptyPagesMax || (users.length < pageSize && isAll)) return;
    pageNumber += 1;
    if (pageNumber > pagesMax) throw new Error(`The users' statuses did not end after ${pagesMax} pages.`);
  }
}

/**
 * Returns the interval to request: from midnight to the day's end or until now, even for a shorter
 * slice. Of two responses about a day, the later one therefore includes everything in the earlier
 * one.
 */
function askedInterval(slice: Interval, now: Date): Interval {
  const from = floorTo(slice.from, dayMs);
  const endOfDay = plus(floorTo(plus(slice.to, -1), dayMs), dayMs);
  return { from, to: later(slice.to, earlier(endOfDay, floorTo(plus(now, -lagMs), minuteMs))) };
}

function userPage(users: readonly unknown[], interval: Interval, asOf: Date, nextPage: number): Page {
  const rejects: Reject[] = [];
  const batches = spanKinds.map((kind): SpanBatch => {
    const rows = users.flatMap((user) => spanRows(kind, user, rejects));
    return {
      kind: 'spans',
      relation: kind.relation,
      interval,
      statusColumns: kind.statuses.map(({ column }) => column),
      userIds: [...new Set(users.map(userIdOf).filter((id) => id !== null))],
      rows,
    };
  });
  return { asOf, batches, rejects: unique(rejects), cursor: { nextPage }, recordCount: users.length };
}

function spanRows(kind: SpanKind, user: unknown, rejects: Reject[]): EntityRow[] {
  const userId = userIdOf(user);
  if (userId === null) {
    rejects.push(rejectOf('The record has no userId, or none that is a UUID.', user));
    return [];
  }
  return listOf((user as JsonObject)[kind.member]).flatMap((span) => {
    const row = spanRow(kind, span);
    if (typeof row !== 'string') return [{ user_id: userId, ...row }];
    rejects.push(rejectOf(row, { userId, [kind.member]: [span] }));
    return [];
  });
}

/** Returns the span's columns, or why it cannot be stored: a start or end that is not an instant would become another span. */
function spanRow(kind: SpanKind, span: unknown): EntityRow | string {
  if (!isObject(span)) return 'A span is not an object.';
  const tooDeep = nestingFault(span);
  if (tooDeep !== undefined) return `The span ${tooDeep}.`;
  const { startTime, endTime, ...rest } = span;
  const extra: Record<string, unknown> = rest;
  const startMs = instantMs(startTime);
  const endMs = endTime === undefined || endTime === null ? null : instantMs(endTime);
  if (startMs === undefined) return `startTime is ${String(startTime)}, which is not an instant.`;
  if (endMs === undefined) return `endTime is ${String(endTime)}, which is not an instant.`;
  const statuses: Record<string, string | null> = {};
  for (const [index, { name, column, type }] of kind.statuses.entries()) {
    const value = extra[name] ?? null;
    const read = value === null ? null : readValue(type, value);
    if (!(read instanceof LossyValue)) delete extra[name];
    statuses[column] = (read instanceof LossyValue ? read.column : read) as string | null;
    if (index === 0 && statuses[column] === null) return `${name} is missing.`;
  }
  const hasExtra = Object.keys(extra).length > 0;
  return { start_time: startMs, end_time: endMs, ...statuses, extra: hasExtra ? readJson(extra) : null };
}

function userIdOf(user: unknown): string | null {
  const read = isObject(user) && typeof user.userId === 'string' ? readValue('uuid', user.userId) : null;
  const id = read instanceof LossyValue ? read.column : read;
  return id === null ? null : textOf(id as string);
}

/** Returns whole milliseconds, for comparison with stored values. */
function instantMs(value: unknown): number | undefined {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  return instant === undefined ? undefined : Math.floor(instant.epochMs);
}

function unique(rejects: readonly Reject[]): Reject[] {
  return [...new Map(rejects.map((reject) => [reject.record, reject])).values()];
}
