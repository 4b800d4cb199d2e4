import type { Interval } from '../lib/interval.js';
import type { LookAhead } from '../lib/look-ahead.js';
import type { ProxySettings } from './http/proxy.js';
import type { Budget } from './request/budget.js';

export type { Budget, BudgetFacts, Reservation } from './request/budget.js';

/** Parsed JSON, unchanged. Genesys omits keys instead of sending null or an empty array. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

export interface CallOptions {
  /** Aborts waiting, retrying and the request itself. */
  readonly signal?: AbortSignal;
  /** Order in which requests are sent when the allowance is short: 0 (the default) is live, 1 is backfill. */
  readonly priority?: number;
  /**
   * True after an earlier page of the same query was answered: if this one fails in all attempts,
   * its depth is the cause.
   */
  readonly isLaterPage?: boolean;
  /**
   * Receives the response's records one by one as they arrive; the body is then returned without
   * them. Only for responses that are lists of records.
   */
  readonly records?: RecordSink;
}

/** Receives the records of one response while its body is still arriving. */
export interface RecordSink {
  /** Called when a response begins. Its body is not read before this resolves. */
  begin(): Promise<void>;
  /** `record` is parsed JSON of any kind. */
  add(record: unknown): void;
  /**
   * Drops the records added since `begin`, because the response was invalid. The call may be
   * repeated, with another `begin`.
   */
  drop(): void;
}

export interface ApiAnswer<Body extends JsonObject = JsonObject> {
  readonly body: Body;
  /** Time at which the request left this process: the response is valid as of then or later. */
  readonly requestedAt: Date;
  /** `ININ-Correlation-Id`, which Genesys' support asks for. */
  readonly correlationId?: string;
}

/**
 * A page of a directory listing. An entity that changes during the listing can be on two pages, so an id may occur twice. `entities` is never
 * absent; `body` is the whole response.
 */
export interface EntityPage extends ApiAnswer {
  readonly entities: readonly JsonObject[];
  /** The operation that answered, which differs from the requested one where a permission is missing. */
  readonly operation: string;
}

export type EntityPages = AsyncGenerator<EntityPage, void, undefined>;

export interface DetailsQuery {
  readonly interval: Interval;
  /** From 1. */
  readonly pageNumber: number;
  /** At most 100. */
  readonly pageSize: number;
  /** By conversation start. `asc` when absent. */
  readonly order?: 'asc' | 'desc' | 'unordered';
  /** Further members of the query, such as `conversationFilters` and `segmentFilters`. */
  readonly filters?: JsonObject;
}

export interface DetailsJobQuery {
  readonly interval: Interval;
  readonly order?: 'asc' | 'desc' | 'unordered';
  /** Only what started after midnight UTC of the interval's first day, instead of all that was active in it. */
  readonly startOfDayIntervalMatching?: boolean;
  readonly filters?: JsonObject;
}

export interface DetailsPage extends JsonObject {
  readonly conversations?: readonly JsonObject[];
  /** Approximate while data changes. */
  readonly totalHits?: number;
}

export interface DetailsJob extends JsonObject {
  readonly jobId: string;
}

export interface DetailsJobStatus extends JsonObject {
  /** `QUEUED`, `PENDING`, `FAILED`, `CANCELLED`, `FULFILLED`, `EXPIRED`, or a state added since. */
  readonly state: string;
  readonly errorMessage?: string;
  readonly expirationDate?: string;
}

export interface DetailsJobPage extends JsonObject {
  readonly conversations?: readonly JsonObject[];
  /** Absent on the last page, and only there. */
  readonly cursor?: string;
  readonly dataAvailabilityDate?: string;
}

export interface DataAvailability extends JsonObject {
  readonly dataAvailabilityDate?: string;
}

export interface AggregatesPage extends JsonObject {
  readonly results?: readonly JsonObject[];
}

export interface UserDetailsPage extends JsonObject {
  readonly userDetails?: readonly JsonObject[];
  readonly totalHits?: number;
}

export interface NotificationChannel extends JsonObject {
  readonly id?: string;
  /** `wss://…`; one socket per channel. */
  readonly connectUri?: string;
  /** A day after creation; no events arrive afterwards. */
  readonly expires?: string;
}

export interface NotificationSubscriptions extends JsonObject {
  /** `state` is `Permitted` or `Rejected`, with `rejectionReason`. */
  readonly entities?: readonly JsonObject[];
}

export interface ApiStats {
  /** Requests sent, including retries, excluding logins. */
  readonly requests: number;
  readonly retries: number;
  /** Time spent waiting for the allowance, summed over callers. */
  readonly throttledMs: number;
  readonly status429: number;
  /** Bytes of bodies received, after decompression. */
  readonly bytes: number;
  /** Requests per minute that may be sent now: the configured share, or Genesys' limit where that is lower. */
  readonly allowance: number;
}

export interface RequestReport {
  readonly operation: string;
  /** 0 when no response arrived. */
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  readonly correlationId?: string;
}

/**
 * The part of the Genesys Cloud API that is extracted. Every method waits for the shared allowance, retries transient
 * errors and throws ApiError (classified), DeferredError (the wait is longer than this run may take) or the signal's
 * reason.
 */
export interface GenesysApi {
  /** POST /api/v2/analytics/conversations/details/query: started on a day the interval touches, no attributes. */
  detailsQuery(query: DetailsQuery, call?: CallOptions): Promise<ApiAnswer<DetailsPage>>;
  /** POST /api/v2/analytics/conversations/details/jobs */
  submitDetailsJob(query: DetailsJobQuery, call?: CallOptions): Promise<ApiAnswer<DetailsJob>>;
  /** GET /api/v2/analytics/conversations/details/jobs/{jobId} */
  detailsJobStatus(jobId: string, call?: CallOptions): Promise<ApiAnswer<DetailsJobStatus>>;
  /**
   * GET /api/v2/analytics/conversations/details/jobs/{jobId}/results; `pageSize` is at most 1000,
   * and a page may be shorter.
   */
  detailsJobResults(
    jobId: string,
    page: { readonly cursor?: string; readonly pageSize: number },
    call?: CallOptions,
  ): Promise<ApiAnswer<DetailsJobPage>>;
  /** DELETE /api/v2/analytics/conversations/details/jobs/{jobId} */
  deleteDetailsJob(jobId: string, call?: CallOptions): Promise<ApiAnswer>;
  /** GET /api/v2/analytics/conversations/details/jobs/availability */
  detailsAvailability(call?: CallOptions): Promise<ApiAnswer<DataAvailability>>;
  /** GET /api/v2/analytics/conversations/details; 1 to 100 ids; unknown ids are missing from the answer. */
  conversationsByIds(ids: readonly string[], call?: CallOptions): Promise<ApiAnswer<DetailsPage>>;

  /** POST /api/v2/analytics/conversations/aggregates/query */
  conversationAggregates(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<AggregatesPage>>;
  /** POST /api/v2/analytics/users/aggregates/query; at most 100 `userId` predicates. */
  userAggregates(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<AggregatesPage>>;
  /** POST /api/v2/analytics/users/details/query; a page may be shorter than asked. */
  userDetails(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<UserDetailsPage>>;
  /** POST /api/v2/analytics/flows/aggregates/query */
  flowAggregates(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<AggregatesPage>>;
  /** POST /api/v2/analytics/surveys/aggregates/query */
  surveyAggregates(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<AggregatesPage>>;
  /** POST /api/v2/analytics/evaluations/aggregates/query */
  evaluationAggregates(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<AggregatesPage>>;
  /** POST /api/v2/analytics/queues/observations/query */
  queueObservations(body: JsonObject, call?: CallOptions): Promise<ApiAnswer<AggregatesPage>>;

  listQueues(call?: CallOptions): EntityPages;
  /** Lists users of every state, so that agents who left still have a name; teams, skills, languages and groups best effort. */
  listUsers(call?: CallOptions): EntityPages;
  /**
   * Active ones, then deleted ones (operation `routing wrapupcodes deleted`); only the active ones (operation `routing wrapupcodes`)
   * without `routing:wrapupCode:search`.
   */
  listWrapupCodes(call?: CallOptions): EntityPages;
  listDivisions(call?: CallOptions): EntityPages;
  listSkills(call?: CallOptions): EntityPages;
  listLanguages(call?: CallOptions): EntityPages;
  listGroups(call?: CallOptions): EntityPages;
  listTeams(call?: CallOptions): EntityPages;
  /** Deleted ones too. */
  listFlows(call?: CallOptions): EntityPages;
  listFlowOutcomes(call?: CallOptions): EntityPages;
  listPresences(call?: CallOptions): EntityPages;
  listLocations(call?: CallOptions): EntityPages;
  listCampaigns(call?: CallOptions): EntityPages;
  listContactLists(call?: CallOptions): EntityPages;
  listEvaluationForms(call?: CallOptions): EntityPages;
  listSurveyForms(call?: CallOptions): EntityPages;
  listQueueMembers(queueId: string, call?: CallOptions): EntityPages;
  listQueueWrapupCodes(queueId: string, call?: CallOptions): EntityPages;

  /** GET /api/v2/organizations/me */
  organization(call?: CallOptions): Promise<ApiAnswer>;
  /** GET /api/v2/organizations/limits/namespaces/{namespace} */
  limits(namespace: string, call?: CallOptions): Promise<ApiAnswer>;

  /** POST /api/v2/notifications/channels; with more than 20 of a client the oldest is closed. */
  createNotificationChannel(call?: CallOptions): Promise<ApiAnswer<NotificationChannel>>;
  /** PUT /api/v2/notifications/channels/{channelId}/subscriptions: these topics, at most 1,000, in place of all before. */
  subscribeNotifications(
    channelId: string,
    topics: readonly string[],
    call?: CallOptions,
  ): Promise<ApiAnswer<NotificationSubscriptions>>;

  /** Logs in again, only for the date of the response. Ignores a refusal, which the next call will report. */
  fetchServerTime(): Promise<void>;
  stats(): ApiStats;
  /**
   * Returns the number of requests in flight that uses the allowance, but no more than `requestsPerMinuteMax`, at the present response
   * times; at least one.
   */
  requestsAtOnce(requestsPerMinuteMax?: number): number;
  /** For queries whose parts can be requested ahead; without it they are requested in sequence. */
  readonly lookAhead?: LookAhead;
  /**
   * Rejects while the API is unreachable or refuses this client, regardless of what other calls
   * have found; resolves on any other response.
   */
  probe(signal?: AbortSignal): Promise<void>;
  /** Closes all sockets; calls in flight fail. */
  close(): Promise<void>;
}

export interface GenesysApiOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `us-east-1`, `us_east_1` or a host such as `mypurecloud.ie`. Needed unless `apiUrl` is given. */
  readonly region?: string;
  /** Base URL of a gateway or sandbox that serves both the API and `/oauth/token`. */
  readonly apiUrl?: string;
  /** Absent where every host is reached directly. */
  readonly proxies?: ProxySettings | undefined;
  readonly requestsPerMinute: number;
  /**
   * The budget, or a function that returns one for the API's base URL. Default: one in memory, for
   * this process only.
   */
  readonly budget?: Budget | ((apiUrl: string) => Budget);
  readonly now?: () => Date;
  /** Called with the API's time of each response, in milliseconds since 1970. */
  readonly onTime?: (serverTimeMs: number) => void;
  /** Rejects with the signal's reason when that aborts first. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Monotonic clock for durations, in milliseconds, separate from `now`. Must match `sleep`. */
  readonly clockMs?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Version for the User-Agent `genesys-warehouse/<version>`. */
  readonly userAgentVersion: string;
  /** Longest wait inside one call; a longer one throws DeferredError. */
  readonly waitMsMax: number;
  /** Time-out for the response's headers, and then between two parts of its body. */
  readonly timeoutMs: number;
  /**
   * Time-out for responses that take the API no time, and time without any response after which it is
   * asked whether it answers at all: 10 s by default.
   */
  readonly quickAnswerMsMax?: number;
  /** Aborts every call. */
  readonly signal?: AbortSignal;
  readonly onRequest?: (report: RequestReport) => void;
}
