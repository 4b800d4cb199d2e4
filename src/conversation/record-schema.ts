/**
 * The conversation detail record (AnalyticsConversation) as tables: which of its keys are columns
 * of which relation of schema `genesys`. Flattening, loading and the tests that compare the
 * database with the record all use this one description. Columns are the snake_case of the keys; a
 * key that is not listed here goes to the row's `extra`.
 */

import type { FieldType } from '../values/columns.js';

export interface TableShape {
  readonly relation: string;
  /** Key columns after (conversation_start, conversation_id): positions in the record, counted from 1. */
  readonly positions: readonly string[];
  /** JSON key → type, in the order of the columns. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** JSON keys that hold lists of objects, one row each, positioned below this row. */
  readonly lists: Readonly<Record<string, TableShape>>;
  /** JSON keys that hold one object, a row with this row's own position. */
  readonly objects: Readonly<Record<string, TableShape>>;
}

/**
 * Maps field names (separated by blanks) to types, in the order of the columns: wide fixed widths
 * first, for alignment.
 */
function fieldsOf(byType: Partial<Record<FieldType, string>>): Record<string, FieldType> {
  const fields: Record<string, FieldType> = {};
  for (const [type, keys] of Object.entries(byType)) {
    for (const key of keys.trim().split(/\s+/)) fields[key] = type as FieldType;
  }
  return fields;
}

const resolutions: TableShape = {
  relation: 'resolutions',
  positions: ['resolution_no'],
  fields: fieldsOf({
    time: 'eventTime',
    bigint: 'nNextContactAvoided',
    uuid: 'queueId userId',
  }),
  lists: {},
  objects: {},
};

const surveys: TableShape = {
  relation: 'surveys',
  positions: ['survey_no'],
  fields: fieldsOf({
    time: 'eventTime surveyCompletedDate',
    bigint: 'surveyPromoterScore',
    float: 'oSurveyTotalScore',
    uuid: 'queueId surveyFormContextId surveyFormId surveyId userId',
    boolean: 'surveyPartialResponse',
    text: 'surveyFormName surveyStatus surveyType',
  }),
  lists: {},
  objects: {},
};

const evaluations: TableShape = {
  relation: 'evaluations',
  positions: ['evaluation_no'],
  fields: fieldsOf({
    time: 'eventTime',
    float: 'oTotalCriticalScore oTotalScore',
    uuid: 'assigneeId calibrationId contextId evaluationId evaluatorId formId queueId userId',
    boolean: 'assigneeApplicable deleted released rescored systemSubmitted',
    text: 'evaluationStatus formName',
  }),
  lists: {},
  objects: {},
};

const flowOutcomes: TableShape = {
  relation: 'flow_outcomes',
  positions: ['participant_no', 'session_no', 'outcome_no'],
  fields: fieldsOf({
    time: 'flowOutcomeEndTimestamp flowOutcomeStartTimestamp',
    uuid: 'flowOutcomeId',
    text: 'flowOutcome flowOutcomeValue',
  }),
  lists: {},
  objects: {},
};

const sessionFlows: TableShape = {
  relation: 'session_flows',
  positions: ['participant_no', 'session_no'],
  fields: fieldsOf({
    uuid: 'flowId',
    boolean: 'issuedCallback',
    text: `
      endingLanguage entryReason entryType exitReason flowName flowType flowVersion
      recognitionFailureReason startingLanguage transferTargetAddress transferTargetName transferType`,
  }),
  lists: { outcomes: flowOutcomes },
  objects: {},
};

const mediaEndpointStats: TableShape = {
  relation: 'media_endpoint_stats',
  positions: ['participant_no', 'session_no', 'stat_no'],
  fields: fieldsOf({
    time: 'eventTime',
    bigint: `
      discardedPackets duplicatePackets invalidPackets maxLatencyMs overrunPackets receivedPackets
      underrunPackets`,
    float: 'minMos minRFactor',
    texts: 'codecs',
  }),
  lists: {},
  objects: {},
};

const sessionMetrics: TableShape = {
  relation: 'session_metrics',
  positions: ['participant_no', 'session_no', 'metric_no'],
  fields: fieldsOf({
    time: 'emitDate',
    bigint: 'value',
    text: 'name',
  }),
  lists: {},
  objects: {},
};

const segments: TableShape = {
  relation: 'segments',
  positions: ['participant_no', 'session_no', 'segment_no'],
  fields: fieldsOf({
    time: 'segmentEnd segmentStart',
    uuid: `
      destinationConversationId destinationSessionId groupId queueId requestedLanguageId
      sourceConversationId sourceSessionId`,
    boolean: 'audioMuted conference videoMuted',
    text: 'disconnectType errorCode segmentType subject wrapUpCode wrapUpNote',
    texts: 'requestedRoutingSkillIds requestedRoutingUserIds wrapUpTags',
    bigints: 'q850ResponseCodes sipResponseCodes',
    json: 'properties scoredAgents',
  }),
  lists: {},
  objects: {},
};

const sessions: TableShape = {
  relation: 'sessions',
  positions: ['participant_no', 'session_no'],
  fields: fieldsOf({
    time: 'callbackScheduledTime deliveryStatusChangeDate detectedSpeechEnd detectedSpeechStart',
    bigint: `
      agentBullseyeRing journeyActionMapVersion mediaCount routingRing selectedAgentRank
      timeoutSeconds`,
    uuid: `
      agentAssistantId assignerId bargedParticipantId coachedParticipantId monitoredParticipantId
      outboundCampaignId outboundContactListId peerId screenMonitoredUserId selectedAgentId sessionId
      skillExpressionId`,
    boolean: `
      acwSkipped agentOwned authenticated cleared deliveryPushed recording sharingScreen skipEnabled
      snippetRecording`,
    text: `
      addressFrom addressOther addressSelf addressTo ani callbackUserName cobrowseRole cobrowseRoomId
      deliveryStatus direction dispositionAnalyzer dispositionName dnis edgeId engagementSource
      errorCodeDescription extendedDeliveryStatus flowInType flowOutType journeyActionId
      journeyActionMapId journeyCustomerId journeyCustomerIdType journeyCustomerSessionId
      journeyCustomerSessionIdType mediaBridgeId mediaType messageType outboundContactId
      protocolCallId provider remote remoteNameDisplayable roomId routingRule routingRuleType
      screenShareAddressSelf screenShareRoomId scriptId sessionDnis usedRouting videoAddressSelf
      videoRoomId`,
    texts: 'activeSkillIds bcc callbackNumbers cc destinationAddresses removedSkillIds requestedRoutings',
    bigints: 'eligibleAgentCounts waitingInteractionCounts',
    json: 'agentGroups proposedAgents',
  }),
  lists: { segments: segments, metrics: sessionMetrics, mediaEndpointStats: mediaEndpointStats },
  objects: { flow: sessionFlows },
};

const participants: TableShape = {
  relation: 'participants',
  positions: ['participant_no'],
  fields: fieldsOf({
    uuid: 'externalContactId externalOrganizationId participantId teamId userId',
    boolean: 'screenRecording',
    text: 'flaggedReason participantName purpose',
  }),
  lists: { sessions: sessions },
  objects: {},
};

const conversations: TableShape = {
  relation: 'conversations',
  positions: [],
  fields: fieldsOf({
    time: 'conferenceStart conversationEnd inactivityTimeout',
    float: 'mediaStatsMinConversationMos mediaStatsMinConversationRFactor',
    uuid: 'associatedConversationId',
    boolean: 'customerParticipation originatingSocialMediaPublic selfServed',
    text: 'conversationInitiator externalTag originatingDirection',
    texts: 'accessAttributes consultationConversationIds divisionIds knowledgeBaseIds',
  }),
  lists: { participants: participants, evaluations: evaluations, surveys: surveys, resolutions: resolutions },
  objects: {},
};

/** The root of the record. `conversationId` and `conversationStart` are its key, so they are not among the fields. */
export const conversationShape = conversations;

/** Describes `participants[].attributes`, an open map: one row per name; a row 0 without a name represents an empty map. */
export const participantAttributes = {
  relation: 'participant_attributes',
  positions: ['participant_no', 'attribute_no'],
} as const;

/** Converts a camelCase key to its snake_case column; camelCase(column) is the inverse for every key listed here. */
export function columnOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
