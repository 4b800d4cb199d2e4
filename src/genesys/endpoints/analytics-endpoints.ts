import { formatInterval } from '../../lib/interval.js';
import type { DetailsJobQuery, DetailsQuery, GenesysApi, JsonObject } from '../api.js';
import type { Caller } from '../request/caller.js';
import type { Operation } from '../request/operation.js';

type Operations = Omit<
  GenesysApi,
  | Extract<keyof GenesysApi, `list${string}`>
  | 'fetchServerTime'
  | 'stats'
  | 'requestsAtOnce'
  | 'lookAhead'
  | 'probe'
  | 'close'
>;

const recordsKey = 'conversations';
const detailsQuery: Operation = { ...query('conversations details query'), recordsKey };
const submitJob: Operation = { ...query('conversations details job submission'), isIndivisible: true };
const jobStatus = job('conversations details job status');
const jobResults: Operation = { ...job('conversations details job results'), recordsKey };
const deleteJob: Operation = { ...job('conversations details job deletion'), isEmptyAllowed: true };
const availability = other('conversations details availability');
const byIds: Operation = { ...other('conversations details by id'), recordsKey };
const conversationAggregates = query('conversations aggregates query');
const userAggregates = query('users aggregates query');
// Requested from midnight on, whatever part of the day the slice covers.
const userDetails: Operation = { ...query('users details query'), isIndivisible: true };
const flowAggregates = query('flows aggregates query');
const surveyAggregates = query('surveys aggregates query');
const evaluationAggregates = query('evaluations aggregates query');
const queueObservations = other('queues observations query');
const organization = other('organization');
const limits = other('organization limits');
const createChannel = other('notification channel creation');
const subscribe = other('notification subscriptions');

export const idsMax = 100;
export const topicsMax = 1_000;

export function createOperations(caller: Caller): Operations {
  return {
    detailsQuery: (ask, call) =>
      caller.call(
        detailsQuery,
        (apis) => apis.analytics.postAnalyticsConversationsDetailsQuery(detailsQueryBody(ask)),
        call,
      ),
    submitDetailsJob: (ask, call) =>
      caller.call(submitJob, (apis) => apis.analytics.postAnalyticsConversationsDetailsJobs(jobBody(ask)), call),
    detailsJobStatus: (jobId, call) =>
      caller.call(jobStatus, (apis) => apis.analytics.getAnalyticsConversationsDetailsJob(jobId), call),
    detailsJobResults: (jobId, page, call) =>
      caller.call(
        jobResults,
        (apis) => apis.analytics.getAnalyticsConversationsDetailsJobResults(jobId, { ...page }),
        call,
      ),
    deleteDetailsJob: (jobId, call) =>
      caller.call(deleteJob, (apis) => apis.analytics.deleteAnalyticsConversationsDetailsJob(jobId), call),
    detailsAvailability: (call) =>
      caller.call(availability, (apis) => apis.analytics.getAnalyticsConversationsDetailsJobsAvailability(), call),
    conversationsByIds: async (ids, call) => {
      if (ids.length < 1 || ids.length > idsMax) throw new RangeError(`1 to ${idsMax} ids, not ${ids.length}.`);
      return caller.call(byIds, (apis) => apis.analytics.getAnalyticsConversationsDetails({ id: [...ids] }), call);
    },
    conversationAggregates: (body, call) =>
      caller.call(
        conversationAggregates,
        (apis) => apis.analytics.postAnalyticsConversationsAggregatesQuery(typed(body)),
        call,
      ),
    userAggregates: (body, call) =>
      caller.call(userAggregates, (apis) => apis.analytics.postAnalyticsUsersAggregatesQuery(typed(body)), call),
    userDetails: (body, call) =>
      caller.call(userDetails, (apis) => apis.analytics.postAnalyticsUsersDetailsQuery(typed(body)), call),
    flowAggregates: (body, call) =>
      caller.call(flowAggregates, (apis) => apis.analytics.postAnalyticsFlowsAggregatesQuery(typed(body)), call),
    surveyAggregates: (body, call) =>
      caller.call(surveyAggregates, (apis) => apis.analytics.postAnalyticsSurveysAggregatesQuery(typed(body)), call),
    evaluationAggregates: (body, call) =>
      caller.call(
        evaluationAggregates,
        (apis) => apis.analytics.postAnalyticsEvaluationsAggregatesQuery(typed(body)),
        call,
      ),
    queueObservations: (body, call) =>
      caller.call(queueObservations, (apis) => apis.analytics.postAnalyticsQueuesObservationsQuery(typed(body)), call),
    organization: (call) => caller.call(organization, (apis) => apis.organization.getOrganizationsMe(), call),
    limits: (namespace, call) =>
      caller.call(limits, (apis) => apis.organization.getOrganizationsLimitsNamespace(namespace), call),
    createNotificationChannel: (call) =>
      caller.call(createChannel, (apis) => apis.notifications.postNotificationsChannels(), call),
    subscribeNotifications: async (channelId, topics, call) => {
      if (topics.length > topicsMax) throw new RangeError(`At most ${topicsMax} topics, not ${topics.length}.`);
      const body = topics.map((id) => ({ id }));
      return caller.call(
        subscribe,
        (apis) => apis.notifications.putNotificationsChannelSubscriptions(channelId, body),
        call,
      );
    },
  };
}

function detailsQueryBody(ask: DetailsQuery) {
  return {
    ...ask.filters,
    interval: formatInterval(ask.interval),
    order: ask.order ?? 'asc',
    orderBy: 'conversationStart',
    paging: { pageNumber: ask.pageNumber, pageSize: ask.pageSize },
  };
}

function jobBody(ask: DetailsJobQuery) {
  return {
    ...ask.filters,
    interval: formatInterval(ask.interval),
    ...(ask.order && { order: ask.order }),
    ...(ask.startOfDayIntervalMatching !== undefined && {
      startOfDayIntervalMatching: ask.startOfDayIntervalMatching,
    }),
  };
}

/**
 * Casts a body: the SDK's types accept less than the API (every enum is a string there), so bodies
 * are passed unchanged.
 */
function typed<Body>(body: JsonObject): Body {
  return body as Body;
}

function query(name: string): Operation {
  return { name, kind: 'query' };
}

function job(name: string): Operation {
  return { name, kind: 'job' };
}

function other(name: string): Operation {
  return { name, kind: 'other' };
}
