import type { GenesysApi, JsonObject } from '../../genesys/api.js';
import { dayMs, formatInterval, hourMs, type Interval, minuteMs, plus } from '../../lib/interval.js';
import type { Slice, SliceContext, Stream } from '../../model/extraction.js';
import { detailsPages } from './details-pages.js';
import { type ConversationMemory, PageReader } from './page-reader.js';

/**
 * Longest interval of a query with a filter, and thus the longest time between the start of a
 * conversation and its survey or evaluation.
 */
const reachMs = 31 * dayMs;
/** Fewer requests matter more than minutes here, because answers arrive days after the contact. */
const sliceMs = 6 * hourMs;

interface EventKind {
  readonly name: string;
  /** Member of the query; its predicates are about one survey or evaluation each. */
  readonly filters: 'surveyFilters' | 'evaluationFilters';
}

const kinds: readonly EventKind[] = [
  { name: 'survey_events', filters: 'surveyFilters' },
  { name: 'evaluation_events', filters: 'evaluationFilters' },
];

/**
 * POST /api/v2/analytics/conversations/details/query for the conversations whose survey or
 * evaluation has an `eventTime` in the slice, whenever they began within 31 days before its end.
 * What is attached days later thus arrives on the same day instead of with the next pass of
 * `conversation_history`, even for conversations older than the first pull.
 */
export function qualityEventStreams(api: GenesysApi, memory: ConversationMemory): readonly Stream[] {
  const reader = new PageReader(memory);
  return kinds.map((kind) => ({
    name: kind.name,
    kind: 'interval',
    priority: 2,
    isDefault: true,
    isRecordWise: true,
    lagMs: 10 * minuteMs,
    // An event may become known late, so it is requested twice more.
    repassAgesMs: [dayMs, 3 * dayMs],
    sliceLengthMs: (at, now) => (now.getTime() - at.getTime() > dayMs ? dayMs : sliceMs),
    mergedLengthMs: dayMs,
    sliceLengthMsMin: hourMs,
    pages: (slice, context) => pages({ api, reader, kind }, slice, context),
  }));
}

interface Parts {
  readonly api: GenesysApi;
  readonly reader: PageReader;
  readonly kind: EventKind;
}

function pages({ api, reader, kind }: Parts, slice: Slice, context: SliceContext) {
  const interval = { from: plus(slice.interval.to, -reachMs), to: slice.interval.to };
  const filters = { [kind.filters]: [eventIn(slice.interval)] };
  return detailsPages({ api, reader }, slice, { interval, filters }, context);
}

function eventIn(interval: Interval): JsonObject {
  const predicate = { type: 'dimension', dimension: 'eventTime', operator: 'matches', value: formatInterval(interval) };
  return { type: 'and', predicates: [predicate] };
}
