/** Closed lists of values that the API documents, by model and field. A model that exists twice (with and without attributes) is listed once. */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

const purposes = words(`acd agent api botflow campaign customer dialer external fax group inbound ivr manual outbound
  station user voicemail voicesurveyflow workflow`);
const routings = words('Bullseye Conditional Direct Last Manual Predictive Preferred Standard Vip');
const mediaTypes = words(
  'callback chat cobrowse email internalmessage message screenmonitoring screenshare unknown video voice',
);
const disconnectTypes =
  words(`client conferenceTransfer consultTransfer dndEndpoint dndTransfer endpoint error forwardTransfer
  inactivity noAnswerTransfer notAvailableTransfer other peer sessionExpired spam system takeover timeout transfer
  transportFailure uncallable`);
const flowTypes = words(`BOT COMMONMODULE DIGITALBOT EMAILSEND INBOUNDCALL INBOUNDCHAT INBOUNDEMAIL INBOUNDSHORTMESSAGE
  INQUEUECALL INQUEUEEMAIL INQUEUESHORTMESSAGE OUTBOUNDCALL SECURECALL SPEECH SURVEYINVITE VOICE VOICEMAIL VOICESURVEY
  WORKFLOW WORKITEM`);
const directions = words('inbound outbound');
const routingStatuses = words('OFF_QUEUE IDLE INTERACTING NOT_RESPONDING COMMUNICATING');
const systemPresences = words('AVAILABLE AWAY BUSY OFFLINE IDLE ON_QUEUE MEAL TRAINING MEETING BREAK');
const entityStates = words('active inactive deleted');
const communicationStates = words(`alerting dialing contacting offering connected disconnected terminated converting
  uploading transmitting parked none`);

export const conversationMetrics = words(`nBlindTransferred nBotInteractions nCallbackAttempts nCallbackOverSla
  nCallbackScheduled nCfcOffered nCobrowseSessions nConnected nConsult nConsultTransferred nConversations nError nOffered
  nOutbound nOutboundAbandoned nOutboundAttempted nOutboundConnected nOverSla nStateTransitionError nTakeover nTransferred
  oAudioMessageCount oCallbackServiceLevel oExternalAudioMessageCount oExternalMediaCount oMediaCount oMessageCount
  oMessageSegmentCount oMessageTurn oServiceLevel oServiceTarget oSkillExpressionApplications tAbandon tAcd tActiveCallback
  tActiveCallbackComplete tAcw tAgentResponseTime tAgentVideoConnected tAlert tAnswered tAverageAgentResponseTime
  tAverageCustomerResponseTime tBarging tCallbackAbandon tCallbackConnect tCallbackNotReached tCallbackVirtualWait tCfcAbandon
  tCfcAcd tCfcAnswered tCfcFlowOut tCoaching tCoachingComplete tConnected tContacting tDialing tFirstConnect tFirstDial
  tFirstEngagement tFirstResponse tFlowOut tHandle tHeld tHeldComplete tIvr tMonitoring tMonitoringComplete tNotResponding
  tPark tParkComplete tScreenMonitoring tShortAbandon tSnippetRecord tTalk tTalkComplete tTransmitting tUserResponseTime
  tVoicemail tWait`);
export const flowMetrics = words(
  'nFlow nFlowMilestone nFlowOutcome nFlowOutcomeFailed oFlowMilestone tFlow tFlowDisconnect tFlowExit tFlowOutcome',
);
export const surveyMetrics = words(`nSurveyErrors nSurveyFullResponses nSurveyNpsDetractors nSurveyNpsPromoters
  nSurveyNpsResponses nSurveyPartialResponses nSurveyQuestionGroupResponses nSurveyQuestionResponses nSurveyResponses
  nSurveysAbandoned nSurveysDeleted nSurveysExpired nSurveysSent nSurveysStarted nVoiceSurveys nWebSurveys
  oSurveyQuestionGroupScore oSurveyQuestionScore oSurveyTotalScore`);
export const evaluationMetrics = words(
  'nEvaluations nEvaluationsDeleted nEvaluationsRescored oTotalCriticalScore oTotalScore',
);
export const userMetrics = words('tAgentRoutingStatus tOrganizationPresence tSystemPresence');
export const observationMetrics = words(`oActiveUsers oAlerting oInteracting oLongestInteracting oLongestWaiting
  oMemberUsers oOffQueueUsers oOnQueueUsers oUserPresences oUserRoutingStatuses oWaiting`);

/** Names of a session's metrics: those that can be requested in a details query. */
const onlyInAggregates = words('oCallbackServiceLevel oServiceLevel oServiceTarget tWait');
const detailMetrics = new Set([
  ...[...conversationMetrics].filter((name) => !onlyInAggregates.has(name)),
  ...flowMetrics,
  'tConversationDuration',
]);

/** The dimensions by which groups are made, as far as their values are a closed list. */
export const groupValues: Readonly<Record<string, ReadonlySet<string>>> = {
  conversationInitiator: purposes,
  direction: directions,
  disconnectType: disconnectTypes,
  flowType: flowTypes,
  mediaType: mediaTypes,
  originatingDirection: directions,
  purpose: purposes,
  requestedRouting: routings,
  usedRouting: routings,
};

const communications = [
  ...['Call', 'CallBasic', 'Callback', 'CallbackBasic', 'Cobrowsesession', 'ConversationChat', 'Email', 'Message'],
  ...['InternalMessage', 'ScreenMonitoring', 'Screenshare', 'SocialExpression', 'Video'],
];

export const valuesOf: Readonly<Record<string, ReadonlySet<string>>> = {
  'AcwSettings.wrapupPrompt': words('MANDATORY OPTIONAL MANDATORY_TIMEOUT MANDATORY_FORCED_TIMEOUT AGENT_REQUESTED'),
  'AggregateMetricData.metric': new Set([
    ...[...conversationMetrics, ...flowMetrics],
    ...[...surveyMetrics, ...evaluationMetrics, ...userMetrics],
  ]),
  'AnalyticsAgentGroup.agentGroupType': words('Group SkillGroup Team'),
  'AnalyticsConversation.conversationInitiator': purposes,
  'AnalyticsConversation.originatingDirection': directions,
  'AnalyticsConversationSegment.disconnectType': disconnectTypes,
  'AnalyticsConversationSegment.segmentType':
    words(`alert barging callback coaching contacting converting delay dialing hold
    interact ivr monitoring parked scheduled screenmonitoring sharing system transmitting unknown uploading voicemail wrapup`),
  'AnalyticsEvaluation.evaluationStatus': words('Finished InProgress InReview Pending Retracted'),
  'AnalyticsFlow.entryType': words('agent direct dnis flow outbound'),
  'AnalyticsFlow.flowType': flowTypes,
  'AnalyticsParticipant.flaggedReason': words('general'),
  'AnalyticsParticipant.purpose': purposes,
  'AnalyticsProperty.propertyType': words('bool integer real date string uuid'),
  'AnalyticsRoutingStatusRecord.routingStatus': routingStatuses,
  'AnalyticsSession.deliveryStatus': words(
    'DeliveryFailed DeliveryPushed DeliverySuccess Failed Published Queued Read Received Sent',
  ),
  'AnalyticsSession.direction': directions,
  'AnalyticsSession.engagementSource':
    words(`AppleMessagesForBusiness Discord Email Facebook FacebookMessenger Glassdoor
    GoogleBusinessProfile Instagram KakaoTalk Line LinkedIn MicrosoftTeams MobileChat Other QQ Reddit ServiceNow SFDC SMS
    Snapchat Telegram Threads Trustpilot Unspecified Viber WebChat WeChat Weibo WhatsApp X Yelp YouTube Zendesk OpenMessaging`),
  'AnalyticsSession.mediaType': mediaTypes,
  'AnalyticsSession.requestedRoutings': routings,
  'AnalyticsSession.routingRuleType': words('Bullseye Conditional Predictive Preferred'),
  'AnalyticsSession.usedRouting': routings,
  'AnalyticsSessionMetric.name': detailMetrics,
  'AnalyticsSurvey.surveyType': words('Web Voice'),
  'AnalyticsUserPresenceRecord.systemPresence': systemPresences,
  'AsyncQueryStatus.state': words('QUEUED PENDING FAILED CANCELLED FULFILLED EXPIRED'),
  'AvailableTopic.transports': words('All Websocket EventBridge ProcessAutomation'),
  'Flow.type': flowTypes,
  'Group.state': entityStates,
  'Language.state': entityStates,
  'ObservationMetricData.metric': observationMetrics,
  'OrganizationPresenceDefinition.systemPresence': words(
    'Available Away Busy Offline Idle OnQueue Meal Training Meeting Break',
  ),
  'OrganizationPresenceDefinition.type': words('System User'),
  'Participant.purpose': purposes,
  'Participant.wrapupPrompt': words('mandatory optional agentRequested timeout forcedTimeout'),
  'Queue.lastAgentRoutingMode': words('Disabled QueueMembersOnly AnyAgent'),
  'Queue.scoringMethod': words('TimestampAndPriority PriorityOnly'),
  'Queue.skillEvaluationMethod': words('NONE BEST ALL'),
  'QueueMember.memberBy': words('user group'),
  'RoutingSkill.state': entityStates,
  'User.state': entityStates,
  ...Object.fromEntries(communications.map((name) => [`${name}.state`, communicationStates])),
  ...Object.fromEntries(communications.map((name) => [`${name}.direction`, directions])),
};

/** The values of a metric's qualifier, by metric. `tOrganizationPresence` is qualified by the id of a presence definition. */
export const qualifiersOf: Readonly<Record<string, ReadonlySet<string>>> = {
  tAgentRoutingStatus: routingStatuses,
  tSystemPresence: systemPresences,
};
