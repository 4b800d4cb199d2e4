import { UsageError } from '../../../lib/errors.js';
import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { objects } from '../faults/record-faults.js';
import { idOf } from '../ids.js';
import { applyCode, type Place } from '../wrapup/wrapup-writer.js';

/** A code that an agent enters at the end of a session, now and without using the API. */
export interface AgentWrapup {
  readonly conversationId: string;
  /** The session; the last one of a user where it is not given. */
  readonly communicationId?: string;
  readonly code: string;
  readonly notes?: string;
}

/** A customer's answer to a survey, now. */
export interface SurveyAnswer {
  readonly conversationId: string;
  /** 0 to 10. */
  readonly promoterScore?: number;
  /** 0 to 100. */
  readonly totalScore?: number;
}

const promoterScoreMax = 10;
const totalScoreMax = 100;

export function enterWrapup(core: Core, { conversationId, communicationId, code, notes }: AgentWrapup): void {
  if (!core.directory.isKnownCode(code))
    throw new UsageError(`There is no wrap-up code ${code}; use an id that the sandbox has returned.`);
  const place = placeOf(core, conversationId, communicationId);
  applyCode(core, place, { code, ...(notes === undefined ? {} : { notes }) }, core.clock.nowMs(), true);
}

/** Adds a finished survey about the conversation's last agent to its record from now on. */
export function answerSurvey(core: Core, answer: SurveyAnswer): void {
  check('promoterScore', answer.promoterScore, promoterScoreMax);
  check('totalScore', answer.totalScore, totalScoreMax);
  const { record, participant, session } = placeOf(core, answer.conversationId, undefined);
  const atMs = core.clock.nowMs();
  const at = new Date(atMs).toISOString();
  const queueId = queueOf(session);
  const survey: JsonObject = {
    surveyId: idOf(core.options.seed, `survey of ${answer.conversationId}`, objects(record.surveys).length),
    surveyFormId: core.directory.surveyForms[0]?.id ?? null,
    surveyFormName: core.directory.surveyForms[0]?.name ?? null,
    surveyType: 'Web',
    ...(queueId === undefined ? {} : { queueId }),
    userId: participant?.userId ?? null,
    eventTime: at,
    surveyCompletedDate: at,
    surveyStatus: 'Finished',
    surveyPartialResponse: answer.promoterScore === undefined,
    ...(answer.promoterScore === undefined ? {} : { surveyPromoterScore: answer.promoterScore }),
    ...(answer.totalScore === undefined ? {} : { oSurveyTotalScore: answer.totalScore }),
  };
  const change = (shown: JsonObject) => ({ ...shown, surveys: [...objects(shown.surveys), survey] });
  core.source.overlay(String(record.conversationId), { atMs, change });
}

function placeOf(core: Core, conversationId: string, communicationId: string | undefined): Place {
  const asOfMs = core.clock.nowMs();
  const conversation = core.source.byId(conversationId, asOfMs);
  if (conversation === undefined)
    throw new UsageError(`There is no conversation ${conversationId}; use an id that the sandbox has returned.`);
  const record = core.source.record(conversation, asOfMs, false);
  const handlings = objects(record.participants)
    .filter((participant) => participant.userId !== undefined)
    .flatMap((participant) => objects(participant.sessions).map((session) => ({ record, participant, session })));
  const place = handlings.findLast(
    ({ session }) => communicationId === undefined || session.sessionId === communicationId,
  );
  if (place === undefined) throw new UsageError(`No agent has such a session in conversation ${conversationId}.`);
  return place;
}

function queueOf(session: JsonObject | undefined) {
  return objects(session?.segments)
    .map((segment) => segment.queueId)
    .find((id) => id !== undefined);
}

function check(name: string, value: number | undefined, max: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= max))
    throw new UsageError(`${name} must be a whole number from 0 to ${max}.`);
}
