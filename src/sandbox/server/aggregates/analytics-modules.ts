import type { Json, JsonObject, World } from '../../world.js';
import type { SpanMs } from '../intervals.js';

/**
 * The seam between the server, which knows the contract (routes, refusals, pages), and the code that computes figures. Queries arrive here
 * checked: names are known, intervals are split, filters are compiled.
 */

export type AggregateKind = 'conversations' | 'users' | 'flows' | 'surveys' | 'evaluations';

/** The values of a dimension that one thing to be counted has; none where it has no value. */
export type DimensionLookup = (dimension: string) => readonly Json[];

export interface AggregateQuery {
  readonly kind: AggregateKind;
  readonly span: SpanMs;
  /** The parts of the span by granularity and time zone, in order, without gap; the whole span where no granularity was asked. */
  readonly buckets: readonly SpanMs[];
  readonly timeZone: string;
  readonly metrics: readonly string[];
  readonly groupBy: readonly string[];
  /** True for what the query's filter keeps; always true without one. */
  readonly matches: (lookup: DimensionLookup) => boolean;
  readonly flattenMultivaluedDimensions: boolean;
  readonly alternateTimeDimension: string | undefined;
  readonly views: readonly JsonObject[];
  /** As it was sent, for what is not named above. */
  readonly body: JsonObject;
}

/** Gives the API's answer: `{ results: [{ group, data: [{ interval, metrics: [{ metric, qualifier?, stats }] }] }] }`. */
export type AggregatesModule = (query: AggregateQuery, world: World, nowMs: number) => JsonObject;

export interface UserDetailsQuery {
  readonly span: SpanMs;
  readonly matchesUser: (lookup: DimensionLookup) => boolean;
  readonly matchesPresence: (lookup: DimensionLookup) => boolean;
  readonly matchesRoutingStatus: (lookup: DimensionLookup) => boolean;
  readonly order: string;
}

/** Gives the AnalyticsUserDetail of every user that has something in the span; the server pages. */
export type UserDetailsModule = (query: UserDetailsQuery, world: World, nowMs: number) => readonly JsonObject[];

export interface ObservationQuery {
  readonly metrics: readonly string[];
  readonly detailMetrics: readonly string[];
  readonly matches: (lookup: DimensionLookup) => boolean;
}

/** Gives the API's answer for this instant: sessions by queue and medium, members by queue. */
export type ObservationsModule = (query: ObservationQuery, world: World, nowMs: number) => JsonObject;

export interface AnalyticsModules {
  readonly aggregates?: AggregatesModule;
  readonly userDetails?: UserDetailsModule;
  /** Removes from a page of user details what was already sent; absent: leaves the page as it is. */
  readonly userDetailsPage?: (page: readonly JsonObject[]) => readonly JsonObject[];
  readonly queueObservations?: ObservationsModule;
}
