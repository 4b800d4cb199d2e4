import { dayMs, hourMs } from '../../../lib/interval.js';
import type { JsonObject } from '../../world.js';
import { uuidFrom } from '../ids.js';
import { iso } from '../instant.js';
import type { Agent, Form, Queue } from '../organization/organization-types.js';
import type { Scene } from './scene.js';

/** Surveys and evaluations of an agent session come hours to weeks after it, and change once more when they are scored again. */
export function playQuality(scene: Scene, queue: Queue, agent: Agent, endMs: number): void {
  if (scene.rehearsal) return;
  const random = scene.detail;
  if (random.chance(0.06)) playSurvey(scene, queue, agent, endMs);
  if (random.chance(0.04)) playEvaluation(scene, queue, agent, endMs);
  if (random.chance(0.05)) {
    scene.record({
      kind: 'resolved',
      atMs: endMs + 7 * dayMs,
      resolution: {
        eventTime: iso(endMs),
        queueId: queue.id,
        userId: agent.id,
        nNextContactAvoided: random.chance(0.7) ? 1 : 0,
      },
    });
  }
}

function playSurvey(scene: Scene, queue: Queue, agent: Agent, endMs: number): void {
  const { detail: random, organization } = scene;
  const voice = random.chance(0.3);
  const form = random.pick(organization.surveyForms);
  const base: JsonObject = {
    surveyId: uuidFrom(random.bits(), 910, 0),
    surveyFormId: form.id,
    surveyFormContextId: form.contextId,
    surveyFormName: form.name,
    surveyType: voice ? 'Voice' : 'Web',
    queueId: queue.id,
    userId: agent.id,
  };
  const sentMs = endMs + random.int(1_000, 60_000);
  if (!voice) {
    const status = random.chance(0.06) ? 'OptOut' : 'Sent';
    scene.record({
      kind: 'surveyChanged',
      atMs: sentMs,
      survey: { ...base, eventTime: iso(sentMs), surveyStatus: status },
    });
    if (status === 'OptOut') return;
    if (random.chance(0.5)) {
      expireSurvey(scene, base, sentMs);
      return;
    }
  }
  const doneMs = voice ? sentMs + random.int(20_000, 120_000) : sentMs + random.int(hourMs, 6 * dayMs);
  const partial = random.chance(0.1);
  const survey: JsonObject = {
    ...base,
    eventTime: iso(doneMs),
    surveyCompletedDate: iso(doneMs),
    surveyStatus: 'Finished',
    surveyPartialResponse: partial,
    oSurveyTotalScore: random.int(20, 100),
  };
  if (!partial) survey.surveyPromoterScore = random.int(0, 10);
  scene.record({ kind: 'surveyChanged', atMs: doneMs, survey });
}

function expireSurvey(scene: Scene, base: JsonObject, sentMs: number): void {
  const atMs = sentMs + 7 * dayMs;
  scene.record({ kind: 'surveyChanged', atMs, survey: { ...base, eventTime: iso(atMs), surveyStatus: 'Expired' } });
}

function playEvaluation(scene: Scene, queue: Queue, agent: Agent, endMs: number): void {
  const { detail: random, organization } = scene;
  const form: Form = random.pick(organization.evaluationForms);
  const evaluator = organization.agents[random.int(0, 1)] as Agent;
  const base: JsonObject = {
    evaluationId: uuidFrom(random.bits(), 911, 0),
    evaluatorId: evaluator.id,
    userId: agent.id,
    queueId: queue.id,
    formId: form.id,
    formName: form.name,
    contextId: form.contextId,
    deleted: false,
    rescored: false,
    released: false,
    systemSubmitted: false,
  };
  const pendingMs = endMs + random.int(hourMs, 2 * dayMs);
  const change = (atMs: number, more: JsonObject): void =>
    scene.record({ kind: 'evaluationChanged', atMs, evaluation: { ...base, eventTime: iso(atMs), ...more } });
  change(pendingMs, { evaluationStatus: 'Pending' });
  if (random.chance(0.15)) return;
  const doneMs = pendingMs + random.int(hourMs, 8 * dayMs);
  const score = random.int(40, 100);
  const critical = random.int(0, 1) * 100;
  change(doneMs, { evaluationStatus: 'Finished', released: true, oTotalScore: score, oTotalCriticalScore: critical });
  if (!random.chance(0.25)) return;
  const again = { evaluationStatus: 'Finished', released: true, rescored: true, oTotalCriticalScore: critical };
  change(doneMs + random.int(dayMs, 15 * dayMs), { ...again, oTotalScore: Math.min(100, score + random.int(-15, 15)) });
}
