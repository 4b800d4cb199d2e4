/** Names that the aggregates accept. Lists of words, because a name per line would hide the code that uses them. */

/** Metrics of the conversation aggregates. */
export const conversationMetrics: readonly string[] = words(`
  nBlindTransferred nBotInteractions nCallbackAttempts nCallbackOverSla nCallbackScheduled nCfcOffered
  nCobrowseSessions nConnected nConsult nConsultTransferred nConversations nError nOffered nOutbound
  nOutboundAbandoned nOutboundAttempted nOutboundConnected nOverSla nStateTransitionError nTakeover
  nTransferred oAudioMessageCount oCallbackServiceLevel oExternalAudioMessageCount oExternalMediaCount
  oMediaCount oMessageCount oMessageSegmentCount oMessageTurn oServiceLevel oServiceTarget
  oSkillExpressionApplications tAbandon tAcd tActiveCallback tActiveCallbackComplete tAcw tAgentResponseTime
  tAgentVideoConnected tAlert tAnswered tAverageAgentResponseTime tAverageCustomerResponseTime tBarging
  tCallbackAbandon tCallbackConnect tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered
  tCfcFlowOut tCoaching tCoachingComplete tConnected tContacting tDialing tFirstConnect tFirstDial
  tFirstEngagement tFirstResponse tFlowOut tHandle tHeld tHeldComplete tIvr tMonitoring tMonitoringComplete
  tNotResponding tPark tParkComplete tScreenMonitoring tShortAbandon tSnippetRecord tTalk tTalkComplete
  tTransmitting tUserResponseTime tVoicemail tWait
`);

/** Dimensions by which conversation aggregates are grouped; a filter knows `canonicalExternalContactId` besides. */
export const conversationGroupBys: readonly string[] = words(`
  activeRouting activeSkillId addressFrom addressTo agentAssistantId agentBullseyeRing agentOwned agentRank
  agentScore ani assignerId authenticated conversationId conversationInitiator convertedFrom convertedTo
  customerParticipation deliveryStatus destinationAddress direction disconnectType divisionId dnis edgeId
  eligibleAgentCount errorCode extendedDeliveryStatus externalContactId externalMediaCount
  externalOrganizationId externalTag firstQueue flaggedReason flowInType flowOutType groupId interactionType
  journeyActionId journeyActionMapId journeyActionMapVersion journeyCustomerId journeyCustomerIdType
  journeyCustomerSessionId journeyCustomerSessionIdType knowledgeBaseId mediaCount mediaType messageType
  originatingDirection originatingSocialMediaPublic outboundCampaignId outboundContactId
  outboundContactListId participantName peerId proposedAgentId provider purpose queueId remote removedSkillId
  requestedLanguageId requestedRouting requestedRoutingSkillId roomId routingPriority routingRing routingRule
  routingRuleType scoredAgentId selectedAgentId selectedAgentRank selfServed sessionDnis sessionId
  skillExpressionId stationId teamId usedRouting userId videoPresent waitingInteractionCount wrapUpCode
`);

/** Metrics of the flow aggregates. */
export const flowMetrics: readonly string[] = words(`
  nFlow nFlowMilestone nFlowOutcome nFlowOutcomeFailed oFlowMilestone tFlow tFlowDisconnect tFlowExit
  tFlowOutcome
`);

/** Dimensions of the flow aggregates beside those of conversations. */
export const flowGroupBys: readonly string[] = words(`
  endingLanguage entryReason entryType exitReason flowId flowMilestoneId flowName flowOutcome flowOutcomeId
  flowOutcomeValue flowSubType flowType flowVersion recognitionFailureReason startingLanguage
  transferTargetAddress transferTargetName transferType
`);

/** Metrics of the survey aggregates. */
export const surveyMetrics: readonly string[] = words(`
  nSurveyErrors nSurveyFullResponses nSurveyNpsDetractors nSurveyNpsPromoters nSurveyNpsResponses
  nSurveyPartialResponses nSurveyQuestionGroupResponses nSurveyQuestionResponses nSurveyResponses
  nSurveysAbandoned nSurveysDeleted nSurveysExpired nSurveysSent nSurveysStarted nVoiceSurveys nWebSurveys
  oSurveyQuestionGroupScore oSurveyQuestionScore oSurveyTotalScore
`);

/** Metrics of the evaluation aggregates. */
export const evaluationMetrics: readonly string[] = words(`
  nEvaluations nEvaluationsDeleted nEvaluationsRescored oTotalCriticalScore oTotalScore
`);

/** Metrics of the user aggregates. */
export const userMetrics: readonly string[] = words(`
  tAgentRoutingStatus tOrganizationPresence tSystemPresence
`);

/** Metrics of the queue observations. */
export const queueObservationMetrics: readonly string[] = words(`
  oActiveUsers oAlerting oInteracting oLongestInteracting oLongestWaiting oMemberUsers oOffQueueUsers
  oOnQueueUsers oUserPresences oUserRoutingStatuses oWaiting
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
