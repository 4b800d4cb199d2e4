import { dayMs } from '../../lib/interval.js';
import type { AggregateQuery } from '../server/aggregates/analytics-modules.js';
import type { JsonObject, World } from '../world.js';
import { Accumulator } from './accumulate.js';
import { answerOf, OutputsBuilder, planOf } from './answer.js';
import type { QualityFacts } from './conversation-facts.js';
import { addFields } from './dimensions.js';
import { type EventWorld, eventWorldOf } from './event-world.js';
import { type Change, type Measurement, TableBuilder } from './fact-table.js';
import { factsOf } from './facts-store.js';

/** By time dimension: how long after its conversation's end a survey or evaluation may be filed; older ones are not looked for. */
const lagMsMax: Readonly<Record<QualityFacts['kind'], Readonly<Record<string, number>>>> = {
  survey: { eventTime: 8 * dayMs, surveyCreatedDate: 3 * dayMs },
  evaluation: {
    eventTime: 26 * dayMs,
    evaluationCreatedDate: 3 * dayMs,
    evaluationReleaseDate: 11 * dayMs,
    conversationStart: 0,
  },
};

/** Measurements of a survey or an evaluation that reaches a state, and the instants it can be filed under. */
interface State {
  readonly knownMs: number;
  /** The next state replaces this one's scores. */
  readonly untilMs: number;
  readonly counts: readonly string[];
  readonly scores: readonly (readonly [name: string, value: number])[];
  /** By name of the time dimension; undefined where it has none. */
  readonly times: Readonly<Record<string, number | undefined>>;
}

/** POST /api/v2/analytics/evaluations/aggregates/query; by default under the date of creation. */
export function evaluationAggregates(query: AggregateQuery, world: World, nowMs: number): JsonObject {
  return aggregate(query, eventWorldOf(world), nowMs, 'evaluation', 'evaluationCreatedDate', evaluationStates);
}

/** POST /api/v2/analytics/surveys/aggregates/query; by default under the time of each event. */
export function surveyAggregates(query: AggregateQuery, world: World, nowMs: number): JsonObject {
  return aggregate(query, eventWorldOf(world), nowMs, 'survey', 'eventTime', surveyStates);
}

function aggregate(
  query: AggregateQuery,
  world: EventWorld,
  nowMs: number,
  kind: QualityFacts['kind'],
  timeDefault: string,
  statesOf: (facts: QualityFacts) => State[],
): JsonObject {
  const outputs = new OutputsBuilder();
  for (const name of [...query.metrics].sort()) outputs.metric(name, [name]);
  const plan = planOf(query, nowMs, outputs.series);
  const dimensions = new Set([...query.groupBy, ...plan.filterDimensions]);
  const builder = new TableBuilder(dimensions);
  const time = query.alternateTimeDimension ?? timeDefault;
  for (const facts of found(world, kind, query, lagMsMax[kind][time] ?? 0)) {
    builder.add(facts.conversationStartMs, [changesOf(facts, dimensions)], measurements(statesOf(facts), time));
  }
  const accumulator = new Accumulator(plan);
  accumulator.add(builder.finish());
  return answerOf(query, accumulator.cells, outputs);
}

/** Conversations of the weeks before may have one now, and long ones those of longer ago. */
function found(world: EventWorld, kind: QualityFacts['kind'], { span }: AggregateQuery, lagMs: number): QualityFacts[] {
  const store = factsOf(world);
  const nearMs = span.fromMs - lagMs - (world.shortLifetimeMsMax ?? world.lifetimeMsMax);
  const nearDayMs = Math.floor(nearMs / dayMs) * dayMs;
  const farMs = span.fromMs - lagMs - world.lifetimeMsMax;
  return [...store.quality(kind, farMs, nearDayMs, true), ...store.quality(kind, nearDayMs, span.toMs, false)];
}

function changesOf(facts: QualityFacts, dimensions: ReadonlySet<string>): Change[] {
  const changes: Change[] = [
    { atMs: facts.conversationStartMs, dimension: 'conversationId', value: facts.conversationId },
  ];
  addFields(changes, facts.conversationStartMs, facts.handling, dimensions);
  for (const { atMs, json } of facts.states) {
    addFields(changes, atMs, json, dimensions);
    if (typeof json.queueId === 'string') changes.push({ atMs, dimension: 'queueId', value: json.queueId });
  }
  return changes;
}

function measurements(states: readonly State[], time: string): Measurement[] {
  return states.flatMap(({ knownMs, untilMs, counts, scores, times }) => {
    const atMs = times[time];
    if (atMs === undefined) return [];
    return [
      ...counts.map((name) => ({ name, atMs, value: 1, knownMs })),
      ...scores.map(([name, value]) => ({ name, atMs, value, knownMs, untilMs })),
    ];
  });
}

/** An evaluation is counted once; its scores are those of its newest state. */
function evaluationStates({ states, conversationStartMs }: QualityFacts): State[] {
  const createdMs = states[0]?.atMs;
  const releasedMs = states.find(({ json }) => json.released === true)?.atMs;
  return states.map(({ atMs, json }, position) => {
    const before = states[position - 1]?.json;
    const counts = position === 0 ? ['nEvaluations'] : [];
    if (json.rescored === true && before?.rescored !== true) counts.push('nEvaluationsRescored');
    if (json.deleted === true && before?.deleted !== true) counts.push('nEvaluationsDeleted');
    return {
      knownMs: atMs,
      untilMs: states[position + 1]?.atMs ?? Number.POSITIVE_INFINITY,
      counts,
      scores: scoresOf(json, ['oTotalScore', 'oTotalCriticalScore']),
      times: {
        eventTime: atMs,
        evaluationCreatedDate: createdMs,
        evaluationReleaseDate: releasedMs,
        conversationStart: conversationStartMs,
      },
    };
  });
}

function surveyStates({ states }: QualityFacts): State[] {
  const createdMs = states[0]?.atMs;
  return states.map(({ atMs, json }, position) => ({
    knownMs: atMs,
    untilMs: states[position + 1]?.atMs ?? Number.POSITIVE_INFINITY,
    counts: [
      ...(position === 0 ? [json.surveyType === 'Voice' ? 'nVoiceSurveys' : 'nWebSurveys'] : []),
      ...countsOfStatus(json),
    ],
    scores: scoresOf(json, ['oSurveyTotalScore']),
    times: { eventTime: atMs, surveyCreatedDate: createdMs },
  }));
}

function countsOfStatus(survey: JsonObject): string[] {
  if (survey.surveyStatus === 'Sent') return ['nSurveysSent'];
  if (survey.surveyStatus === 'Expired') return ['nSurveysExpired'];
  if (survey.surveyStatus !== 'Finished') return [];
  const whole = survey.surveyPartialResponse === true ? 'nSurveyPartialResponses' : 'nSurveyFullResponses';
  return ['nSurveysStarted', 'nSurveyResponses', whole, ...promoterCounts(survey.surveyPromoterScore)];
}

/** Net promoter score: 9 and 10 promote, 0 to 6 detract. */
function promoterCounts(score: JsonObject[string] | undefined): string[] {
  if (typeof score !== 'number') return [];
  const side = score >= 9 ? ['nSurveyNpsPromoters'] : score <= 6 ? ['nSurveyNpsDetractors'] : [];
  return ['nSurveyNpsResponses', ...side];
}

function scoresOf(json: JsonObject, names: readonly string[]): (readonly [string, number])[] {
  return names.flatMap((name) => {
    const value = json[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
}
