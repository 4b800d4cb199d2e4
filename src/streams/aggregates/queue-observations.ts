import type { ApiAnswer, GenesysApi } from '../../genesys/api.js';
import { anyOf } from '../../genesys/endpoints/predicates.js';
import { dayMs, hourMs, minuteMs, plus } from '../../lib/interval.js';
import { isObject } from '../../lib/json.js';
import type { EntityRow, Page, Reject, Slice, Stream, StreamContext } from '../../model/extraction.js';
import { listQueueIds } from '../directory/queue-ids.js';
import { createAsker } from './query.js';
import { type Dimension, groupOf, listOf, metricColumns, rejectOf } from './rows.js';

const periodMs = 5 * minuteMs;
/** Samples are kept for a month; the aggregates are kept permanently. */
const keptMs = 31 * dayMs;
const queuesPerRequest = 100;
const listedKeptMs = hourMs;
const relation = 'queue_observations';
const dimensions: readonly Dimension[] = [
  { name: 'queueId', column: 'queue_id', type: 'uuid', isRequired: true },
  { name: 'mediaType', column: 'media_type', type: 'text' },
];
const metrics = [
  'oActiveUsers',
  'oAlerting',
  'oInteracting',
  'oLongestInteracting',
  'oLongestWaiting',
  'oMemberUsers',
  'oOffQueueUsers',
  'oOnQueueUsers',
  'oUserPresences',
  'oUserRoutingStatuses',
  'oWaiting',
];

/** POST /api/v2/analytics/queues/observations/query every five minutes; only when configured, and kept for 31 days. */
export function queueObservationStream(api: GenesysApi): Stream {
  const ask = createAsker((body, call) => api.queueObservations(body, call));
  let listed: { readonly at: Date; readonly ids: readonly string[] } | undefined;
  const queueIds = async (context: StreamContext): Promise<readonly string[]> => {
    const now = context.now();
    if (listed === undefined || now.getTime() - listed.at.getTime() > listedKeptMs)
      listed = { at: now, ids: await listQueueIds(api, context, 0) };
    return listed.ids;
  };
  return {
    name: relation,
    kind: 'snapshot',
    priority: 1,
    isDefault: false,
    lagMs: 0,
    repassAgesMs: [],
    sliceLengthMs: () => periodMs,
    sliceLengthMsMin: minuteMs,
    pages: (slice, context) => pages({ ask, queueIds }, slice, context),
  };
}

interface Parts {
  readonly ask: ReturnType<typeof createAsker>;
  readonly queueIds: (context: StreamContext) => Promise<readonly string[]>;
}

async function* pages(parts: Parts, slice: Slice, context: StreamContext): AsyncGenerator<Page, void, void> {
  const after = (slice.cursor as { after: string } | null)?.after ?? '';
  const ids = (await parts.queueIds(context)).filter((id) => id > after);
  for (let from = 0; from < ids.length; from += queuesPerRequest) {
    const asked = ids.slice(from, from + queuesPerRequest);
    const body = { filter: anyOf('queueId', asked), metrics };
    const answer = await parts.ask({ body, call: { signal: context.signal, priority: 0 }, log: context.log });
    yield observationPage(answer, slice, asked);
  }
}

function observationPage(answer: ApiAnswer, slice: Slice, asked: readonly string[]): Page {
  const rejects: Reject[] = [];
  const rows = new Map<string, EntityRow>();
  for (const result of listOf(answer.body.results)) {
    const group = groupOf({ dimensions }, result);
    if (typeof group === 'string') {
      rejects.push(rejectOf(group, result));
      continue;
    }
    for (const data of isObject(result) ? listOf(result.data) : []) {
      const measured = observed(data);
      if (measured === undefined) rejects.push(rejectOf('An observation has no metric.', { ...group, data }));
      else {
        const at = { interval_start: slice.interval.from.getTime(), observed_at: answer.requestedAt.getTime() };
        rows.set(JSON.stringify([group, measured.metric, measured.qualifier]), { ...at, ...group, ...measured });
      }
    }
  }
  const batch = {
    kind: 'interval' as const,
    relation,
    interval: slice.interval,
    dimensions: ['queue_id', 'media_type', 'metric', 'qualifier'],
    scope: { column: 'queue_id', values: asked },
    rows: [...rows.values()],
    retainFrom: plus(slice.interval.from, -keptMs),
  };
  return {
    asOf: answer.requestedAt,
    batches: [batch],
    rejects,
    cursor: { after: asked.at(-1) ?? '' },
    recordCount: rows.size,
  };
}

/** Returns the columns of an observation: the count and the start of the longest wait; the rest, which is rare, goes to `extra`. */
function observed(data: unknown) {
  const measured = metricColumns(data, false);
  if (measured === undefined) return undefined;
  const { metric, qualifier, count = null, extra, ...others } = measured;
  const rest: Record<string, unknown> = { ...(extra as object | null) };
  const { calculatedMetricValue } = rest;
  const hasValue = Number.isSafeInteger(calculatedMetricValue);
  if (hasValue) delete rest.calculatedMetricValue;
  for (const [name, value] of Object.entries(others)) if (value !== null) rest[name] ??= value;
  return {
    metric,
    qualifier,
    count,
    calculated_metric_value: hasValue ? calculatedMetricValue : null,
    extra: Object.keys(rest).length > 0 ? rest : null,
  };
}
