/** Names that the details queries accept. Lists of words, because a name per line would hide the code that uses them. */

/** Dimensions of `conversationFilters`. */
export const conversationDimensions: readonly string[] = words(`
  accessAttribute conversationEnd conversationId conversationInitiator conversationStart
  customerParticipation divisionId externalTag mediaStatsMinConversationMos originatingDirection
  originatingSocialMediaPublic
`);

/** Dimensions of `segmentFilters`. */
export const segmentDimensions: readonly string[] = words(`
  addressFrom addressTo agentAssistantId agentOwned ani authenticated bargedParticipantId callbackNumber
  callbackScheduledTime canonicalExternalContactId cleared coachedParticipantId conference deliveryPushed
  deliveryStatus destinationAddress destinationConversationId detectedSpeechEnd detectedSpeechStart direction
  disconnectType dnis edgeId engagementSource errorCode exitReason extendedDeliveryStatus externalContactId
  externalOrganizationId flaggedReason flowId flowName flowOutType flowOutcome flowOutcomeId flowOutcomeValue
  flowVersion groupId journeyActionId journeyActionMapId journeyCustomerId journeyCustomerIdType
  journeyCustomerSessionId mediaCount mediaType messageType monitoredParticipantId outboundCampaignId
  outboundContactId outboundContactListId participantName protocolCallId provider purpose queueId recording
  remote remoteNameDisplayable requestedLanguageId requestedRouting requestedRoutingSkillId scoredAgentId
  screenMonitoredUserId screenRecording scriptId segmentEnd segmentType sessionDnis sipResponseCode
  skillExpressionId snippetRecording subject teamId transferTargetAddress transferTargetName transferType
  usedRouting userId wrapUpCode wrapUpNote
`);

/** Dimensions of `evaluationFilters`. */
export const evaluationDimensions: readonly string[] = words(`
  assigneeApplicable assigneeId calibrationId contextId deleted evaluationId evaluationStatus evaluatorId
  eventTime formId formName queueId released rescored systemSubmitted userId
`);

/** Dimensions of `surveyFilters`. */
export const surveyDimensions: readonly string[] = words(`
  eventTime queueId surveyCompletedDate surveyFormContextId surveyFormId surveyId surveyPartialResponse
  surveyPromoterScore surveyStatus surveyType userId
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
