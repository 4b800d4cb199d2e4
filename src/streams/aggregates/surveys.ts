import type { GenesysApi } from '../../genesys/api.js';
import { hourMs } from '../../lib/interval.js';
import type { Stream } from '../../model/extraction.js';
import { type AggregateKind, aggregateStream, type Granularity } from './stream.js';

const surveys: AggregateKind = {
  relation: 'survey_aggregates',
  isScored: true,
  // Answers arrive days after the contact, so nobody is waiting for the last half hour.
  liveLengthMs: 6 * hourMs,
  dimensions: [
    { name: 'queueId', column: 'queue_id', type: 'uuid' },
    { name: 'userId', column: 'user_id', type: 'uuid' },
    { name: 'surveyFormId', column: 'survey_form_id', type: 'uuid' },
    { name: 'mediaType', column: 'media_type', type: 'text' },
  ],
  metrics: [
    'nSurveyErrors',
    'nSurveyFullResponses',
    'nSurveyNpsDetractors',
    'nSurveyNpsPromoters',
    'nSurveyNpsResponses',
    'nSurveyPartialResponses',
    'nSurveyQuestionGroupResponses',
    'nSurveyQuestionResponses',
    'nSurveyResponses',
    'nSurveysAbandoned',
    'nSurveysDeleted',
    'nSurveysExpired',
    'nSurveysSent',
    'nSurveysStarted',
    'nVoiceSurveys',
    'nWebSurveys',
    'oSurveyQuestionGroupScore',
    'oSurveyQuestionScore',
    'oSurveyTotalScore',
  ],
  ask: (api) => (body, call) => api.surveyAggregates(body, call),
};

/** POST /api/v2/analytics/surveys/aggregates/query, in the API's own default time dimension. */
export function surveyAggregateStream(api: GenesysApi, granularity: Granularity): Stream {
  return aggregateStream(api, granularity, surveys);
}
