/**
 * The interface between the simulated organisation (what happened) and the server (how the API
 * reports it). Everything is a pure function of (options, instant): the same seed gives the same
 * bytes.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface WorldOptions {
  readonly seed: number;
  /** Agents in the organisation, 5 to 5,000. */
  readonly agents: number;
  /** Conversations on an average weekday, 100 to 500,000. */
  readonly conversationsPerDay: number;
  /** IANA zone in which the organisation's days are shaped. */
  readonly timeZone: string;
}

/** One conversation as it is known at any instant; independent of HTTP. */
export interface SimulatedConversation {
  readonly id: string;
  readonly startMs: number;
  /** Instant at which `conversationEnd` is set; it may be weeks after the start. */
  readonly endMs: number;
  /** Upper bound of the end. It is known at once, while `endMs` may require simulating a whole day. */
  readonly latestEndMs?: number;
  /** False where no survey and no evaluation ever belongs to it; absent where only its record shows it. */
  readonly isAssessed?: boolean;
  /** The latest instant at which any part of the record still changes (late survey, evaluation, reprocessing). */
  readonly settledMs: number;
  /** Instants, ascending, at which what `render` returns changes. The first is `startMs`. */
  readonly changesMs: readonly number[];
  /**
   * The AnalyticsConversation as the API would have given it at `asOfMs`: absent keys instead of nulls or empty lists, open segments
   * without `segmentEnd`, metrics only once emitted. With `attributes` only when asked (details jobs have them, queries do not).
   * Undefined before the start.
   */
  render(asOfMs: number, withAttributes: boolean): JsonObject | undefined;
}

/** Directory entities in the API's own shape, deleted and inactive ones included; the server filters and pages. */
export interface Directory {
  readonly organization: JsonObject;
  readonly divisions: readonly JsonObject[];
  readonly queues: readonly JsonObject[];
  /** `state` active, inactive or deleted. */
  readonly users: readonly JsonObject[];
  /** Deleted codes carry `state: 'deleted'` here; the server turns that into what each endpoint shows. */
  readonly wrapupCodes: readonly JsonObject[];
  readonly queueWrapupCodes: ReadonlyMap<string, readonly string[]>;
  readonly queueMembers: ReadonlyMap<string, readonly JsonObject[]>;
  readonly skills: readonly JsonObject[];
  readonly languages: readonly JsonObject[];
  readonly presences: readonly JsonObject[];
  readonly teams: readonly JsonObject[];
  readonly groups: readonly JsonObject[];
  readonly flows: readonly JsonObject[];
  readonly flowOutcomes: readonly JsonObject[];
  readonly locations: readonly JsonObject[];
  readonly campaigns: readonly JsonObject[];
  readonly contactLists: readonly JsonObject[];
  readonly evaluationForms: readonly JsonObject[];
  readonly surveyForms: readonly JsonObject[];
}

export interface World {
  readonly options: WorldOptions;
  readonly directory: Directory;
  /** The longest time a conversation may last; lets the server bound its look-back. */
  readonly lifetimeMsMax: number;
  /**
   * Returns conversations that start in the UTC day that begins at `dayStartMs`, by start, then id.
   * Generated on the first request and kept in a limited cache.
   */
  conversationsOfDay(dayStartMs: number): readonly SimulatedConversation[];
  /** All conversations except those of `longConversationsOfDay` end within this time after their start. Absent: nothing is known, use `lifetimeMsMax`. */
  readonly shortLifetimeMsMax?: number;
  /**
   * Those of the day that may outlive `shortLifetimeMsMax`. Cheap: the other conversations of the day are not made. A search for
   * what was active in an interval thus reads whole days back to `shortLifetimeMsMax` and only these before that, to `lifetimeMsMax`.
   */
  longConversationsOfDay?(dayStartMs: number): readonly SimulatedConversation[];
  /**
   * Finds a conversation; undefined for an unknown id. Ids contain the day of their creation, so
   * this is a look-up, not a search.
   */
  conversationById(id: string): SimulatedConversation | undefined;
}
