import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { add, type Figures, figuresOf, textOf } from './figures.js';
import type { Client } from './server-client.js';

/** Reads details and figures as a client does, over HTTP and page by page. */

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const hourMs = 3_600_000;
const pagesMax = 10_000;

export function intervalOf({ fromMs, toMs }: Range): string {
  return `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`;
}

/**
 * Conversations with all they measured in the range, through a details job. The job is asked for an hour more, because metrics
 * are published a little after the conversation ended, when it is no longer active.
 */
export async function recordsOf(client: Client, range: Range): Promise<JsonObject[]> {
  const path = '/api/v2/analytics/conversations/details/jobs';
  const interval = intervalOf({ ...range, fromMs: range.fromMs - hourMs });
  const { jobId } = good(await client.post(path, { interval }));
  const records: JsonObject[] = [];
  let cursor = '';
  for (let page = 0; page < pagesMax; page++) {
    const body = good(await client.get(`${path}/${jobId}/results?pageSize=1000&cursor=${cursor}`));
    records.push(...objects(body.conversations));
    if (body.cursor === undefined) return records;
    cursor = String(body.cursor);
  }
  throw new Error('The results of the job never ended.');
}

export interface Question extends Range {
  readonly family: 'conversations' | 'flows';
  readonly groupBy: readonly string[];
  readonly metrics: readonly string[];
  readonly granularity: string;
}

export async function aggregatesOf(client: Client, question: Question): Promise<JsonObject> {
  const { family, groupBy, metrics, granularity } = question;
  return good(
    await client.post(`/api/v2/analytics/${family}/aggregates/query`, {
      interval: intervalOf(question),
      granularity,
      groupBy,
      metrics,
    }),
  );
}

/** Returns the share answered in time among answered and abandoned, by interval and group, from the answer. */
export function serviceLevelsOf(answer: JsonObject, groupBy: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const result of objects(answer.results)) {
    const group = groupBy.map((name) => textOf((result.group as JsonObject)[name])).join(' ');
    for (const data of objects(result.data))
      for (const { metric, stats } of objects(data.metrics)) {
        const { numerator, denominator, ratio } = stats as Record<string, number>;
        if (metric === 'oServiceLevel')
          found.set(`${String(data.interval).split('/')[0]} ${group}`, `${numerator} of ${denominator} is ${ratio}`);
      }
  }
  return found;
}

/** Returns the service levels from figures that were counted from records. */
export function serviceLevelsFrom(figures: Figures): Map<string, string> {
  const places = new Set<string>();
  for (const key of figures.keys()) {
    const at = key.lastIndexOf(' ');
    if (['nOffered', 'tAnswered', 'tAbandon', 'tFlowOut'].includes(key.slice(at + 1))) places.add(key.slice(0, at));
  }
  const found = new Map<string, string>();
  for (const place of places) {
    const count = (metric: string) => figures.get(`${place} ${metric}`)?.count ?? 0;
    const numerator = count('tAnswered') - count('nOverSla');
    const denominator = count('tAnswered') + count('tAbandon');
    found.set(place, `${numerator} of ${denominator} is ${denominator === 0 ? 0 : numerator / denominator}`);
  }
  return found;
}

const statusMetrics = ['tAgentRoutingStatus', 'tSystemPresence', 'tOrganizationPresence'];
const usersMax = 100;

/** Time in statuses by hour, from the aggregates; a hundred users a query, which is all that it allows. */
export async function statusAggregates(client: Client, range: Range, userIds: readonly string[]): Promise<Figures> {
  const figures: Figures = new Map();
  for (let first = 0; first < userIds.length; first += usersMax) {
    const predicates = userIds.slice(first, first + usersMax).map((value) => ({ dimension: 'userId', value }));
    const answer = good(
      await client.post('/api/v2/analytics/users/aggregates/query', {
        interval: intervalOf(range),
        granularity: 'PT1H',
        groupBy: ['userId'],
        metrics: statusMetrics,
        filter: { type: 'or', predicates },
      }),
    );
    for (const [key, figure] of figuresOf(answer, ['userId'])) figures.set(key, figure);
  }
  return figures;
}

/** Sums the spans of the user details: an open span counts until now, and one returned under two days counts once. */
export async function statusesFromDetails(client: Client, range: Range, nowMs: number): Promise<Figures> {
  const figures: Figures = new Map();
  const seen = new Set<string>();
  for (const user of await userDetailsOf(client, range))
    for (const span of [...objects(user.primaryPresence), ...objects(user.routingStatus)]) {
      const key = `${String(user.userId)} ${JSON.stringify(span)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      addSpan(figures, String(user.userId), span, { fromMs: range.fromMs, toMs: Math.min(range.toMs, nowMs) });
    }
  return figures;
}

async function userDetailsOf(client: Client, range: Range): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (let pageNumber = 1; pageNumber < pagesMax; pageNumber++) {
    const paging = { pageSize: 100, pageNumber };
    const body = good(
      await client.post('/api/v2/analytics/users/details/query', { interval: intervalOf(range), paging }),
    );
    if (body.userDetails === undefined) return found;
    found.push(...objects(body.userDetails));
  }
  throw new Error('The pages of user details never ended.');
}

function addSpan(figures: Figures, userId: string, span: JsonObject, { fromMs, toMs }: Range): void {
  const startMs = Math.max(fromMs, Date.parse(String(span.startTime)));
  const endMs = Math.min(toMs, span.endTime === undefined ? toMs : Date.parse(String(span.endTime)));
  for (let hour = Math.floor(startMs / hourMs) * hourMs; hour < endMs; hour += hourMs) {
    const lengthMs = Math.min(endMs, hour + hourMs) - Math.max(startMs, hour);
    const place = `${new Date(hour).toISOString()} ${userId}`;
    if (span.routingStatus !== undefined)
      add(figures, `${place} tAgentRoutingStatus ${textOf(span.routingStatus)}`, lengthMs);
    else {
      add(figures, `${place} tSystemPresence ${textOf(span.systemPresence)}`, lengthMs);
      add(figures, `${place} tOrganizationPresence ${textOf(span.organizationPresenceId)}`, lengthMs);
    }
  }
}

function good({ status, body, text }: Awaited<ReturnType<Client['get']>>): JsonObject {
  if (status >= 300) throw new Error(`The sandbox answered ${status}: ${text.slice(0, 300)}`);
  return body;
}
