import type { JsonObject } from '../../src/sandbox/world.js';
import { communications, type Known, none, type Place, type Row } from './endpoints.js';

/** A table of calls: every endpoint of the sandbox, by the SDK's method and what it is given. */

const day = '2026-02-10T00:00:00Z/2026-02-11T00:00:00Z';
const week = '2026-02-04T00:00:00Z/2026-02-11T00:00:00Z';
const nothing = '2020-02-10T00:00:00Z/2020-02-11T00:00:00Z';

const row = (method: string, args: Row['args'] = () => [], more: Omit<Row, 'method' | 'args'> = {}): Row => ({
  method,
  args,
  ...more,
});

const analytics = (name: string, body: (known: Known) => JsonObject, more?: Omit<Row, 'method' | 'args'>): Row =>
  row(`AnalyticsApi.${name}`, (known) => [body(known)], more);

const two = { pageSize: 2, pageNumber: 2 };
const filterOf = (dimension: string, ...values: readonly string[]): JsonObject => ({
  type: 'or',
  predicates: values.map((value) => ({ type: 'dimension', dimension, operator: 'matches', value })),
});

const details: readonly Row[] = [
  analytics('postAnalyticsConversationsDetailsQuery', () => ({
    interval: day,
    paging: { pageSize: 100, pageNumber: 1 },
  })),
  analytics('postAnalyticsConversationsDetailsQuery', () => ({
    interval: day,
    paging: { pageSize: 100, pageNumber: 2 },
  })),
  analytics('postAnalyticsConversationsDetailsQuery', () => ({ interval: nothing })),
  analytics('postAnalyticsConversationsDetailsQuery', () => ({
    interval: week,
    order: 'desc',
    orderBy: 'conversationEnd',
    segmentFilters: [filterOf('mediaType', 'message', 'email', 'callback')],
    paging: { pageSize: 100, pageNumber: 1 },
  })),
  analytics(
    'postAnalyticsConversationsDetailsQuery',
    () => ({ interval: '2026-01-01T00:00:00Z/2026-02-11T00:00:00Z' }),
    {
      status: 400,
    },
  ),
  analytics('postAnalyticsConversationsDetailsJobs', () => ({ interval: day }), {
    status: 202,
    learn: (body, known) => {
      known.jobId = String(body.jobId);
    },
  }),
  row('AnalyticsApi.getAnalyticsConversationsDetailsJob', ({ jobId }) => [jobId]),
  row('AnalyticsApi.getAnalyticsConversationsDetailsJobResults', ({ jobId }) => [jobId, { pageSize: 1_000 }]),
  row('AnalyticsApi.getAnalyticsConversationsDetailsJobResults', ({ jobId }) => [jobId, { pageSize: 20 }]),
  row('AnalyticsApi.deleteAnalyticsConversationsDetailsJob', ({ jobId }) => [jobId], { status: 204 }),
  row('AnalyticsApi.getAnalyticsConversationsDetailsJob', () => [none], { status: 404 }),
  row('AnalyticsApi.getAnalyticsConversationsDetailsJobsAvailability'),
  row('AnalyticsApi.getAnalyticsConversationsDetails', ({ endedId, openId }) => [{ id: [endedId, openId, none] }]),
  row('AnalyticsApi.getAnalyticsConversationsDetails', () => [{ id: [none] }]),
  row('AnalyticsApi.getAnalyticsConversationDetails', ({ openId }) => [openId]),
  row('AnalyticsApi.getAnalyticsConversationDetails', () => [none], { status: 404 }),
];

const queueWork = ['nOffered', 'tAnswered', 'tAbandon', 'tHandle', 'tWait', 'oServiceLevel', 'oServiceTarget'];
const figures: readonly Row[] = [
  analytics('postAnalyticsConversationsAggregatesQuery', () => ({
    interval: day,
    granularity: 'PT30M',
    groupBy: ['queueId', 'mediaType'],
    metrics: queueWork,
    views: [{ name: 'quick', target: 'tAnswered', function: 'rangeBound', range: { gte: 0, lt: 20_000 } }],
  })),
  analytics('postAnalyticsConversationsAggregatesQuery', ({ queueId }) => ({
    interval: week,
    granularity: 'P1D',
    timeZone: 'Europe/Berlin',
    groupBy: ['userId', 'wrapUpCode', 'direction', 'purpose', 'disconnectType'],
    metrics: ['tHandle', 'tAcw', 'nTransferred', 'nConnected'],
    filter: filterOf('queueId', queueId),
  })),
  analytics('postAnalyticsConversationsAggregatesQuery', () => ({ interval: nothing, metrics: ['nOffered'] })),
  analytics('postAnalyticsConversationsAggregatesQuery', () => ({ interval: day, metrics: ['handledCount'] }), {
    status: 400,
  }),
  analytics('postAnalyticsFlowsAggregatesQuery', () => ({
    interval: week,
    granularity: 'P1D',
    groupBy: ['flowId', 'flowType', 'mediaType'],
    metrics: ['nFlow', 'tFlow', 'nFlowOutcome', 'nFlowOutcomeFailed'],
  })),
  analytics('postAnalyticsUsersAggregatesQuery', ({ userIds }) => ({
    interval: day,
    granularity: 'PT1H',
    groupBy: ['userId'],
    metrics: ['tAgentRoutingStatus', 'tSystemPresence', 'tOrganizationPresence'],
    filter: filterOf('userId', ...userIds),
  })),
  analytics('postAnalyticsSurveysAggregatesQuery', () => ({
    interval: week,
    groupBy: ['queueId'],
    metrics: ['nSurveysSent', 'nSurveyResponses', 'oSurveyTotalScore'],
  })),
  analytics('postAnalyticsEvaluationsAggregatesQuery', () => ({
    interval: week,
    groupBy: ['userId'],
    metrics: ['nEvaluations', 'oTotalScore', 'oTotalCriticalScore'],
    alternateTimeDimension: 'evaluationReleaseDate',
  })),
  analytics('postAnalyticsUsersDetailsQuery', () => ({ interval: day, paging: { pageSize: 100, pageNumber: 1 } })),
  analytics('postAnalyticsUsersDetailsQuery', ({ userIds }) => ({
    interval: '2026-02-11T00:00:00Z/2026-02-12T00:00:00Z',
    userFilters: [filterOf('userId', ...userIds)],
    presenceFilters: [filterOf('systemPresence', 'ON_QUEUE', 'OFFLINE')],
    paging: two,
  })),
  analytics('postAnalyticsUsersDetailsQuery', () => ({ interval: nothing })),
  analytics('postAnalyticsQueuesObservationsQuery', ({ queueId }) => ({
    filter: filterOf('queueId', queueId),
    metrics: ['oWaiting', 'oAlerting', 'oInteracting', 'oLongestWaiting', 'oLongestInteracting', 'oMemberUsers'],
    detailMetrics: ['oWaiting', 'oInteracting'],
  })),
  analytics('postAnalyticsQueuesObservationsQuery', () => ({
    filter: filterOf('mediaType', 'voice', 'email', 'message'),
    metrics: [
      'oActiveUsers',
      'oOnQueueUsers',
      'oOffQueueUsers',
      'oUserPresences',
      'oUserRoutingStatuses',
      'oInteracting',
    ],
    detailMetrics: ['oInteracting'],
  })),
  row('AnalyticsApi.getAnalyticsDataretentionSettings'),
];

/** Lists the methods that return pages of entities. */
export const pagedMethods = ['RoutingApi.getRoutingQueueMembers', 'RoutingApi.getRoutingQueueWrapupcodes'];

/** Listings with their options, each in pages of two, and one entity of those that can be asked for alone. */
const directory: readonly Row[] = [
  ...listing('RoutingApi.getRoutingQueues', { name: '*' }),
  row('RoutingApi.getRoutingQueue', ({ queueId }) => [queueId]),
  row('RoutingApi.getRoutingQueue', () => [none], { status: 404 }),
  ...listing('RoutingApi.getRoutingQueuesDivisionviewsAll'),
  row('RoutingApi.getRoutingQueueMembers', ({ queueId }) => [queueId, { pageSize: 100 }]),
  row('RoutingApi.getRoutingQueueMembers', ({ queueId }) => [queueId, { pageSize: 2, pageNumber: 2, joined: true }]),
  row('RoutingApi.getRoutingQueueWrapupcodes', ({ queueId }) => [queueId, { pageSize: 2 }]),
  ...listing('RoutingApi.getRoutingWrapupcodes'),
  row('RoutingApi.getRoutingWrapupcode', ({ code }) => [code]),
  ...listing('RoutingApi.getRoutingWrapupcodesDivisionviews', { includeState: 'ActiveAndDeleted' }),
  ...listing('AuthorizationApi.getAuthorizationDivisions'),
  row('AuthorizationApi.getAuthorizationDivision', ({ first }) => [first('divisions')]),
  row('AuthorizationApi.getAuthorizationDivisionsHome'),
  ...listing('RoutingApi.getRoutingSkills'),
  row('RoutingApi.getRoutingSkill', ({ first }) => [first('skills')]),
  ...listing('RoutingApi.getRoutingSkillgroups'),
  ...listing('RoutingApi.getRoutingLanguages'),
  ...listing('UsersApi.getUsers', { state: 'any', expand: ['team', 'skills', 'languages', 'groups', 'locations'] }),
  row('UsersApi.getUsers', ({ userIds }) => [{ id: userIds, state: 'any' }]),
  row('UsersApi.getUsers', () => [{ state: 'sleeping' }], { status: 400 }),
  row('UsersApi.getUser', ({ userIds: [id] }) => [id, { expand: ['team', 'skills'] }]),
  row('UsersApi.getUser', () => [none], { status: 404 }),
  ...listing('GroupsApi.getGroups'),
  row('GroupsApi.getGroup', ({ first }) => [first('groups')]),
  ...listing('TeamsApi.getTeams'),
  row('TeamsApi.getTeam', ({ first }) => [first('teams')]),
  ...listing('ArchitectApi.getFlows', { deleted: true }),
  row('ArchitectApi.getFlow', ({ first }) => [first('flows')]),
  ...listing('ArchitectApi.getFlowsOutcomes'),
  ...listing('ArchitectApi.getFlowsMilestones'),
  row('PresenceApi.getPresenceDefinitions0', () => [{ deactivated: 'any' }]),
  ...listing('StationsApi.getStations'),
  ...listing('LocationsApi.getLocations'),
  row('LocationsApi.getLocation', ({ first }) => [first('locations')]),
  ...listing('OutboundApi.getOutboundCampaigns'),
  row('OutboundApi.getOutboundCampaign', ({ first }) => [first('campaigns')]),
  ...listing('OutboundApi.getOutboundContactlists'),
  row('OutboundApi.getOutboundContactlist', ({ first }) => [first('contactLists')]),
  ...listing('QualityApi.getQualityFormsEvaluations'),
  ...listing('QualityApi.getQualityPublishedformsEvaluations'),
  ...listing('QualityApi.getQualityFormsSurveys'),
  ...listing('QualityApi.getQualityPublishedformsSurveys'),
  row('OrganizationApi.getOrganizationsMe'),
  row('OrganizationApi.getOrganizationsLimitsNamespaces'),
  row('OrganizationApi.getOrganizationsLimitsNamespace', () => ['analytics']),
  row('OrganizationApi.getOrganizationsLimitsNamespaceDefaults', () => ['platform.api']),
  row('OrganizationApi.getOrganizationsLimitsNamespace', () => ['no.such'], { status: 404 }),
];

function listing(method: string, options: JsonObject = {}): Row[] {
  pagedMethods.push(method);
  return [row(method, () => [{ pageSize: 2, ...options }]), row(method, () => [{ pageSize: 500, ...options }])];
}

const at = (media: string, ...more: readonly unknown[]): Row['args'] => {
  return ({ places }) => {
    const { conversationId, participantId, communicationId } = places[media] as Place;
    return [conversationId, participantId, communicationId, ...more];
  };
};
const participantAt = (media: string, ...more: readonly unknown[]): Row['args'] => {
  return (known) => [...at(media)(known).slice(0, 2), ...more];
};

/** Reading and writing wrap-up codes; where no conversation of a medium is open, the refusal is checked instead. */
const wrapups: readonly Row[] = [
  // Only a user who is logged in has a self.
  row('UsersApi.getUsersMe', () => [], { status: 400 }),
  row('RoutingApi.postRoutingWrapupcodes', () => [{ name: 'Made by a test', division: { id: '*' } }]),
  row('RoutingApi.postRoutingWrapupcodes', () => [{ name: 'Made by a test' }], { status: 409 }),
  row('RoutingApi.postRoutingQueueWrapupcodes', ({ queueId, code }) => [queueId, [{ id: code }]]),
  row('RoutingApi.postRoutingQueueWrapupcodes', ({ queueId }) => [queueId, [{ id: none }]], { status: 404 }),
  row('ConversationsApi.getConversation', ({ openId }) => [openId]),
  row('ConversationsApi.getConversation', ({ endedId }) => [endedId]),
  row('ConversationsApi.getConversation', () => [none], { status: 404 }),
  ...Object.entries(communications).flatMap(([name, media]) => [
    row(`ConversationsApi.getConversations${name}ParticipantCommunicationWrapup`, at(media)),
    row(`ConversationsApi.postConversations${name}ParticipantCommunicationWrapup`, (known) => [
      ...at(media)(known),
      { body: { code: known.code, notes: 'Written by a test.' } },
    ]),
    row(`ConversationsApi.getConversations${name}ParticipantCommunicationWrapup`, at(media)),
  ]),
  ...['Call', 'Callback', 'Email', 'Message', 'Cobrowsesession'].flatMap((name) => {
    const media = communications[name as keyof typeof communications];
    return [
      row(`ConversationsApi.getConversations${name}ParticipantWrapup`, participantAt(media)),
      row(`ConversationsApi.getConversations${name}ParticipantWrapupcodes`, participantAt(media)),
      // The SDK's own unevenness: for messages the body is an option.
      row(
        `ConversationsApi.patchConversations${name}Participant`,
        participantAt(media, name === 'Message' ? { body: { wrapupSkipped: true } } : { wrapupSkipped: true }),
      ),
    ];
  }),
  row('ConversationsApi.getConversationParticipantWrapup', participantAt('voice')),
  row('ConversationsApi.getConversationParticipantWrapupcodes', participantAt('voice')),
  row('ConversationsApi.patchConversationParticipant', participantAt('email', { wrapupSkipped: true })),
  row(
    'ConversationsApi.patchConversationsAftercallworkConversationIdParticipantCommunication',
    at('voice', { afterCallWorkRequired: true }),
  ),
];

const topic = 'v2.analytics.conversations.details.jobs.availability';
const notifications: readonly Row[] = [
  row('NotificationsApi.getNotificationsAvailabletopics'),
  row('NotificationsApi.postNotificationsChannels', () => [], {
    learn: (body, known) => {
      known.channelId = String(body.id);
    },
  }),
  row('NotificationsApi.getNotificationsChannels'),
  row('NotificationsApi.headNotificationsChannel', ({ channelId }) => [channelId]),
  row('NotificationsApi.postNotificationsChannelSubscriptions', ({ channelId }) => [channelId, [{ id: topic }]]),
  row('NotificationsApi.getNotificationsChannelSubscriptions', ({ channelId }) => [channelId]),
  row('NotificationsApi.putNotificationsChannelSubscriptions', ({ channelId }) => [channelId, []]),
  row('NotificationsApi.deleteNotificationsChannelSubscriptions', ({ channelId }) => [channelId]),
  row('NotificationsApi.getNotificationsChannelSubscriptions', () => [none], { status: 404 }),
];

export const rows: readonly Row[] = [...details, ...figures, ...directory, ...wrapups, ...notifications];
