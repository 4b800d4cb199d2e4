import { dayMs } from '../../lib/interval.js';
import type { AggregateQuery } from '../server/aggregates/analytics-modules.js';
import type { Directory, JsonObject, World } from '../world.js';
import { bucketFinder, type Sum } from './accumulate.js';
import { intervalText, refuseSize, resultLimit } from './answer.js';
import { type AgentTimeline, type AgentTimelines, eventWorldOf } from './event-world.js';
import { timelinesOf } from './timelines.js';

/** The state of one user for a while, by the name of the metric that measures it. */
interface Stretch {
  readonly metric: string;
  readonly qualifier: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** By qualifier. */
type Metric = Map<string, Sum>;

interface UserCell {
  readonly userId: string | undefined;
  readonly bucket: number;
  readonly metrics: Map<string, Metric>;
}

/**
 * POST /api/v2/analytics/users/aggregates/query. Unlike the timers of conversations, time in a status is split at the borders of
 * intervals, and what is still running counts until now. Throws the API's 400 when the result is too large.
 */
export function userAggregates(query: AggregateQuery, world: World, nowMs: number): JsonObject {
  const source = eventWorldOf(world);
  const cells = new Map<string, UserCell>();
  const bucketOf = bucketFinder(query.buckets);
  const untilMs = Math.min(query.span.toMs, nowMs);
  for (const userId of usersOf(query, source.directory)) {
    const group = query.groupBy.includes('userId') ? userId : undefined;
    const add = (stretch: Stretch) => {
      if (query.metrics.includes(stretch.metric)) addStretch(cells, query, bucketOf, group, stretch);
    };
    eachStretch(timelinesOf(source), userId, query.span.fromMs, untilMs, add);
  }
  return {
    systemToOrganizationMappings: mappings(source.directory),
    ...results(query, [...cells.values()]),
  };
}

function usersOf(query: AggregateQuery, directory: Directory): string[] {
  return directory.users
    .map((user) => String(user.id))
    .filter((id) => query.matches((dimension) => (dimension === 'userId' ? [id] : [])))
    .sort();
}

/** Days are read one by one; a status that spans midnight is then one stretch for each of the days. */
function eachStretch(
  timelines: AgentTimelines,
  userId: string,
  fromMs: number,
  untilMs: number,
  add: (stretch: Stretch) => void,
): void {
  for (let day = Math.floor(fromMs / dayMs) * dayMs; day < untilMs; day += dayMs) {
    const timeline = timelines.agentTimeline(userId, day);
    if (timeline === undefined) continue;
    for (const stretch of stretches(timeline)) {
      const cut = { ...stretch, fromMs: Math.max(stretch.fromMs, fromMs), toMs: Math.min(stretch.toMs, untilMs) };
      if (cut.toMs > cut.fromMs) add(cut);
    }
  }
}

function stretches({ presences, routingStatuses }: AgentTimeline): Stretch[] {
  return [
    ...presences.flatMap(({ fromMs, toMs, systemPresence, organizationPresenceId }) => [
      { metric: 'tSystemPresence', qualifier: systemPresence, fromMs, toMs },
      { metric: 'tOrganizationPresence', qualifier: organizationPresenceId, fromMs, toMs },
    ]),
    ...routingStatuses.map(({ fromMs, toMs, status }) => ({
      metric: 'tAgentRoutingStatus',
      qualifier: status,
      fromMs,
      toMs,
    })),
  ];
}

function addStretch(
  cells: Map<string, UserCell>,
  query: AggregateQuery,
  bucketOf: (atMs: number) => number,
  userId: string | undefined,
  stretch: Stretch,
): void {
  for (let bucket = bucketOf(stretch.fromMs); bucket >= 0 && bucket < query.buckets.length; bucket++) {
    const { fromMs, toMs } = query.buckets[bucket] as { fromMs: number; toMs: number };
    if (fromMs >= stretch.toMs) return;
    const lengthMs = Math.min(toMs, stretch.toMs) - Math.max(fromMs, stretch.fromMs);
    addLength(cellOf(cells, userId, bucket), stretch, lengthMs);
  }
}

function cellOf(cells: Map<string, UserCell>, userId: string | undefined, bucket: number): UserCell {
  const key = `${userId ?? ''}/${bucket}`;
  let cell = cells.get(key);
  if (cell === undefined) {
    if (cells.size >= resultLimit) refuseSize();
    cell = { userId, bucket, metrics: new Map() };
    cells.set(key, cell);
  }
  return cell;
}

function addLength(cell: UserCell, { metric, qualifier }: Stretch, lengthMs: number): void {
  let sums = cell.metrics.get(metric);
  if (sums === undefined) {
    sums = new Map();
    cell.metrics.set(metric, sums);
  }
  const sum = sums.get(qualifier);
  if (sum === undefined) sums.set(qualifier, { count: 1, sum: lengthMs, min: lengthMs, max: lengthMs });
  else {
    sum.count += 1;
    sum.sum += lengthMs;
    sum.min = Math.min(sum.min, lengthMs);
    sum.max = Math.max(sum.max, lengthMs);
  }
}

function results(query: AggregateQuery, cells: readonly UserCell[]): JsonObject {
  const byUser = new Map<string | undefined, JsonObject[]>();
  // Cells were made user by user but, where users share a cell, not bucket by bucket.
  for (const cell of [...cells].sort((a, b) => order(a.userId, b.userId) || a.bucket - b.bucket)) {
    const bucket = query.buckets[cell.bucket];
    if (bucket === undefined) continue;
    const data = byUser.get(cell.userId) ?? [];
    data.push({ interval: intervalText(bucket), metrics: metricsOf(cell) });
    byUser.set(cell.userId, data);
  }
  if (byUser.size === 0) return {};
  return { results: [...byUser].map(([userId, data]) => ({ group: userId === undefined ? {} : { userId }, data })) };
}

function metricsOf(cell: UserCell): JsonObject[] {
  return [...cell.metrics]
    .sort(([a], [b]) => order(a, b))
    .flatMap(([metric, sums]) =>
      [...sums]
        .sort(([a], [b]) => order(a, b))
        .map(([qualifier, { sum, count, min, max }]) => ({ metric, qualifier, stats: { max, min, count, sum } })),
    );
}

function order(a = '', b = ''): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Maps each of the system's presences to those that the organisation defined for it: `ON_QUEUE` here is `OnQueue` in the definitions. */
export function mappings(directory: Directory): JsonObject {
  const found: { [presence: string]: string[] } = {};
  for (const presence of directory.presences) {
    const system = String(presence.systemPresence)
      .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
      .toUpperCase();
    found[system] = [...(found[system] ?? []), String(presence.id)];
  }
  return found;
}
