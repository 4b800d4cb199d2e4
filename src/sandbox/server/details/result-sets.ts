import type { JsonObject, SimulatedConversation } from '../../world.js';
import { segmentsOf } from '../faults/record-faults.js';
import { invalidValue } from '../http/api-fault.js';
import { ByteCache } from '../http/byte-cache.js';
import type { SpanMs } from '../intervals.js';
import { dateMsOf, parseInterval } from '../intervals.js';
import type { ConversationSource } from './conversation-source.js';
import type { CompiledFilters } from './filters.js';
import { compileFilters } from './filters.js';

export interface DetailsQuery {
  /** Equal for equal questions. */
  readonly key: string;
  readonly span: SpanMs;
  readonly filters: CompiledFilters | undefined;
  readonly order: string;
  readonly orderBy: string;
  readonly scope: 'started' | 'active';
  readonly limit: number;
}

const orders = ['asc', 'desc', 'unordered'];
const orderBys = ['conversationStart', 'conversationEnd', 'segmentStart', 'segmentEnd'];
/** A result keeps its conversations alive; this is about what one of them takes. */
const conversationBytes = 200;
const resultSetBytesMax = 128 * 1_024 * 1_024;

/** The part that the query and the job have in common. Throws the API's 400 answers. */
export function parseDetailsQuery(body: JsonObject, scope: DetailsQuery['scope']): DetailsQuery {
  const order = body.order ?? 'asc';
  const orderBy = body.orderBy ?? 'conversationStart';
  if (!orders.includes(String(order))) throw invalidValue(order, 'order', orders);
  if (!orderBys.includes(String(orderBy))) throw invalidValue(orderBy, 'orderBy', orderBys);
  const span = parseInterval(body.interval);
  // Only conversations that began on or after midnight UTC of the interval's first day: the query's own rule.
  const started = body.startOfDayIntervalMatching === true;
  const { paging: _paging, ...question } = body;
  return {
    key: JSON.stringify([scope, question]),
    span,
    filters: compileFilters(body),
    order: String(order),
    orderBy: String(orderBy),
    scope: started ? 'started' : scope,
    limit: typeof body.limit === 'number' && body.limit > 0 ? body.limit : Number.POSITIVE_INFINITY,
  };
}

/** Finds the conversations that answer a query, in order; found once and kept while the question and the instant stay the same. */
export class ResultSets {
  readonly #source: ConversationSource;
  readonly #kept = new ByteCache<readonly SimulatedConversation[]>(resultSetBytesMax);

  constructor(source: ConversationSource) {
    this.#source = source;
  }

  find(query: DetailsQuery, asOfMs: number): readonly SimulatedConversation[] {
    const key = `${asOfMs}|${this.#source.generation}|${query.key}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const found = this.#ordered(this.#matching(query, asOfMs), query, asOfMs).slice(0, query.limit);
    this.#kept.set(key, found, key.length + found.length * conversationBytes);
    return found;
  }

  #matching(query: DetailsQuery, asOfMs: number): SimulatedConversation[] {
    const source = this.#source;
    const all =
      query.scope === 'active' ? source.activeIn(query.span, asOfMs) : source.startedOnDaysOf(query.span, asOfMs);
    const filters = query.filters;
    if (filters === undefined) return all;
    const candidates = filters.needsAssessment ? all.filter((each) => source.mayBeAssessed(each)) : all;
    return candidates.filter((conversation) =>
      filters.test(filters.needsRecord ? source.record(conversation, asOfMs, false) : keysOf(conversation, asOfMs)),
    );
  }

  #ordered(found: SimulatedConversation[], query: DetailsQuery, asOfMs: number): SimulatedConversation[] {
    if (query.orderBy !== 'conversationStart') {
      const rank = new Map(
        found.map((conversation) => [conversation, this.#rank(conversation, query.orderBy, asOfMs)]),
      );
      found.sort((a, b) => (rank.get(a) as number) - (rank.get(b) as number));
    }
    return query.order === 'desc' ? found.reverse() : found;
  }

  #rank(conversation: SimulatedConversation, orderBy: string, asOfMs: number): number {
    // What has not ended sorts after everything that has; a finite number, because Infinity minus itself orders nothing.
    const open = Number.MAX_SAFE_INTEGER;
    if (orderBy === 'conversationEnd') return conversation.endMs <= asOfMs ? conversation.endMs : open;
    const times = segmentsOf(this.#source.record(conversation, asOfMs, false)).map(
      (segment) => dateMsOf(String(segment[orderBy])) ?? open,
    );
    if (times.length === 0) return open;
    return orderBy === 'segmentStart' ? Math.min(...times) : Math.max(...times);
  }
}

function keysOf(conversation: SimulatedConversation, asOfMs: number): JsonObject {
  const ended = conversation.endMs <= asOfMs ? { conversationEnd: new Date(conversation.endMs).toISOString() } : {};
  return { conversationId: conversation.id, conversationStart: new Date(conversation.startMs).toISOString(), ...ended };
}
