import { describe, expect, test } from 'vitest';
import { objects } from '../../src/sandbox/server/faults/record-faults.js';
import type { WorldEvent } from '../../src/sandbox/world/events.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { type Asked, ask, dayMs, figuresOf } from './figures.js';
import { at, closed, day, ended, joined, phase, queue, started, talk, worldOf } from './made-world.js';

const evaluated = (dayNo: number, more: JsonObject): WorldEvent => ({
  kind: 'evaluationChanged',
  atMs: day + dayNo * dayMs,
  evaluation: { evaluationId: 'evaluation-1', userId: 'user-1', queueId: queue, formId: 'form-1', ...more },
});
const surveyed = (dayNo: number, more: JsonObject): WorldEvent => ({
  kind: 'surveyChanged',
  atMs: day + dayNo * dayMs,
  survey: { surveyId: 'survey-1', userId: 'user-1', queueId: queue, surveyType: 'Web', ...more },
});
const call = (...events: WorldEvent[]) => [started('09:00'), ...talk('09:00', '09:10'), ended('09:10'), ...events];

function figures(events: readonly WorldEvent[], asked: Partial<Asked>): Record<string, [number, number]> {
  const question = {
    fromMs: day,
    toMs: day + 40 * dayMs,
    nowMs: day + 60 * dayMs,
    metrics: [],
    granularity: 'P1D',
    ...asked,
  };
  const groupBy = asked.groupBy ?? [];
  const found = figuresOf(ask(worldOf(events), { ...question, groupBy }), groupBy);
  return Object.fromEntries(
    [...found].map(([key, { count, sum }]) => [key.slice(5, 10) + key.slice(24), [count, sum]]),
  );
}

describe('evaluations', () => {
  const events = call(
    evaluated(2, { evaluationStatus: 'Pending' }),
    evaluated(5, { evaluationStatus: 'Finished', released: true, oTotalScore: 80 }),
    evaluated(9, { evaluationStatus: 'Finished', released: true, rescored: true, oTotalScore: 70 }),
  );
  const asked = { kind: 'evaluations', metrics: ['nEvaluations', 'nEvaluationsRescored', 'oTotalScore'] } as const;

  test('count under the day they were made on, with the score they have in the end', () => {
    expect(figures(events, asked)).toEqual({
      '03-12  nEvaluations': [1, 1],
      '03-12  nEvaluationsRescored': [1, 1],
      '03-12  oTotalScore': [1, 70],
    });
  });

  test('change the past when they are scored and scored again', () => {
    const score = (nowDay: number) => figures(events, { ...asked, nowMs: day + nowDay * dayMs })['03-12  oTotalScore'];
    expect([score(4), score(5), score(8), score(9)]).toEqual([undefined, [1, 80], [1, 80], [1, 70]]);
  });

  test.each([
    [
      'eventTime',
      { '03-12  nEvaluations': [1, 1], '03-19  nEvaluationsRescored': [1, 1], '03-19  oTotalScore': [1, 70] },
    ],
    [
      'evaluationReleaseDate',
      { '03-15  nEvaluations': [1, 1], '03-15  nEvaluationsRescored': [1, 1], '03-15  oTotalScore': [1, 70] },
    ],
    [
      'conversationStart',
      { '03-10  nEvaluations': [1, 1], '03-10  nEvaluationsRescored': [1, 1], '03-10  oTotalScore': [1, 70] },
    ],
  ])('count under their %s when asked to', (alternateTimeDimension, expected) => {
    expect(figures(events, { ...asked, alternateTimeDimension })).toEqual(expected);
  });

  test('have the queue, the agent, the form and the media type of what they are about', () => {
    const found = figures(events, {
      ...asked,
      metrics: ['nEvaluations'],
      groupBy: ['queueId', 'userId', 'formId', 'mediaType'],
    });
    expect(found).toEqual({ [`03-12 ${queue} user-1 form-1 voice nEvaluations`]: [1, 1] });
  });
});

describe('surveys', () => {
  const metrics = [
    'nSurveyFullResponses',
    'nSurveyNpsDetractors',
    'nSurveyNpsPromoters',
    'nSurveyNpsResponses',
    'nSurveyResponses',
  ];
  const more = ['nSurveysExpired', 'nSurveysSent', 'nWebSurveys', 'oSurveyTotalScore'];
  const asked = { kind: 'surveys', metrics: [...metrics, ...more] } as const;

  test('count when they are sent and when they are answered', () => {
    const answer = { surveyStatus: 'Finished', oSurveyTotalScore: 55, surveyPromoterScore: 9 };
    expect(figures(call(surveyed(1, { surveyStatus: 'Sent' }), surveyed(4, answer)), asked)).toEqual({
      '03-11  nSurveysSent': [1, 1],
      '03-11  nWebSurveys': [1, 1],
      '03-14  nSurveyFullResponses': [1, 1],
      '03-14  nSurveyNpsPromoters': [1, 1],
      '03-14  nSurveyNpsResponses': [1, 1],
      '03-14  nSurveyResponses': [1, 1],
      '03-14  oSurveyTotalScore': [1, 55],
    });
  });

  test('expire, and detract with a low score', () => {
    const expired = call(surveyed(1, { surveyStatus: 'Sent' }), surveyed(8, { surveyStatus: 'Expired' }));
    expect(figures(expired, { ...asked, metrics: ['nSurveysExpired'] })).toEqual({ '03-18  nSurveysExpired': [1, 1] });
    const low = call(surveyed(2, { surveyStatus: 'Finished', surveyPromoterScore: 6 }));
    expect(Object.keys(figures(low, { ...asked, metrics }))).toContain('03-12  nSurveyNpsDetractors');
  });
});

describe('flows', () => {
  const time = (text: string) => new Date(at(text)).toISOString();
  const outcome = (id: string, value: string, more: JsonObject) => ({
    flowOutcomeId: id,
    flowOutcomeValue: value,
    flowOutcomeStartTimestamp: time('09:00:10'),
    ...more,
  });
  const flow = {
    flowId: 'flow-1',
    flowType: 'INBOUNDCALL',
    exitReason: 'TRANSFER',
    outcomes: [
      outcome('outcome-1', 'SUCCESS', { flowOutcomeEndTimestamp: time('09:00:40') }),
      outcome('outcome-2', 'FAILURE', {}),
    ],
  };
  const measured = (text: string, name: string, value: number) =>
    ({ kind: 'measured', atMs: at(text), session: 1, name, value }) as const;
  const events = [
    started('09:00'),
    ...joined('09:00', 1, { purpose: 'ivr' }),
    phase('09:00', 1, 'ivr'),
    measured('09:00:00', 'nFlow', 1),
    closed('09:01:00', 1),
    measured('09:01:00', 'tFlow', 60_000),
    { kind: 'flowRan', atMs: at('09:01:00'), session: 1, flow } as const,
    ended('09:01:00'),
  ];
  const metrics = ['nFlow', 'nFlowOutcome', 'nFlowOutcomeFailed', 'tFlow', 'tFlowOutcome'];

  test('count with their outcomes', () => {
    expect(figures(events, { kind: 'flows', metrics, groupBy: ['flowId', 'flowType'] })).toEqual({
      '03-10 flow-1 INBOUNDCALL nFlow': [1, 1],
      '03-10 flow-1 INBOUNDCALL nFlowOutcome': [1, 1],
      '03-10 flow-1 INBOUNDCALL nFlowOutcomeFailed': [1, 1],
      '03-10 flow-1 INBOUNDCALL tFlow': [1, 60_000],
      '03-10 flow-1 INBOUNDCALL tFlowOutcome': [1, 30_000],
    });
  });

  test('have outcomes as a dimension of the outcomes alone', () => {
    expect(
      Object.keys(figures(events, { kind: 'flows', metrics, groupBy: ['flowOutcomeId', 'flowOutcomeValue'] })),
    ).toEqual([
      '03-10 outcome-1 SUCCESS nFlowOutcome',
      '03-10 outcome-1 SUCCESS tFlowOutcome',
      '03-10 outcome-2 FAILURE nFlowOutcomeFailed',
      '03-10 - - nFlow',
      '03-10 - - tFlow',
    ]);
  });

  test('are known by their exit only once they are over', () => {
    const asked = { kind: 'flows', metrics: ['nFlow'], groupBy: ['flowId', 'exitReason'] } as const;
    expect(Object.keys(figures(events, { ...asked, nowMs: at('09:00:30') }))).toEqual(['03-10 flow-1 - nFlow']);
    expect(Object.keys(figures(events, asked))).toEqual(['03-10 flow-1 TRANSFER nFlow']);
  });
});

test('a world of records alone refuses to compute figures', () => {
  const { agentTimeline, ...records } = worldOf();
  expect(agentTimeline).toBeDefined();
  const asked = { fromMs: day, toMs: day + dayMs, nowMs: day, metrics: ['nOffered'] };
  expect(() => objects(ask(records as never, asked).results)).toThrow('only records');
});
