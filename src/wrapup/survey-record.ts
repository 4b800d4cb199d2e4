/**
 * Validates one survey answer from a source other than Genesys: a line of a file, or the body of
 * `POST /surveys`. Pure.
 */
import { createHash } from 'node:crypto';
import { parseTimestamp } from '../config/parse-time.js';
import { quote } from '../lib/text.js';
import type { SurveyInput } from '../model/agent-session.js';

const fieldsMax = 100;
const nameLengthMax = 120;
/** Ids and sources are the primary key, whose index entries are limited to about 2,700 bytes. */
export const idLengthMax = 200;
const textLengthMax = 8_000;
const promoterScoreMax = 10;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Field names of other survey tools; case, blanks, `_` and `-` are ignored. */
const otherNames: Readonly<Record<string, string>> = {
  nps: 'promoterscore',
  npsscore: 'promoterscore',
  csat: 'satisfaction',
  satisfactionscore: 'satisfaction',
  responseid: 'surveyid',
  answerid: 'surveyid',
  completedat: 'answeredat',
  agentid: 'userid',
  text: 'comment',
};

export type SurveyRecord = Readonly<Record<string, unknown>>;
export type ReadSurvey = { readonly survey: SurveyInput } | { readonly fault: string };

/**
 * Reads a record with `conversationId`, `answeredAt` and at least one answer: `promoterScore` (0 to
 * 10), `satisfaction`, `category`,
 * `comment`, or any other field, which rules access as `fields`. `surveyId` makes a correction
 * replace the earlier answer; `queueId` and `userId` select the agent session. `fault` is a
 * sentence without the text of answers.
 */
export function readSurveyRecord(record: SurveyRecord, defaults: { readonly source: string }): ReadSurvey {
  try {
    return { survey: surveyOf(record, defaults.source) };
  } catch (error) {
    if (error instanceof Refusal) return { fault: error.message };
    throw error;
  }
}

class Refusal extends Error {}

function surveyOf(record: SurveyRecord, defaultSource: string): SurveyInput {
  const fields = new Map<string, string | number>();
  const known = new Map<string, string | number>();
  for (const [name, given] of Object.entries(record)) {
    const value = plain(name, given);
    if (value === undefined) continue;
    const word = name.toLowerCase().replaceAll(/[\s_-]/g, '');
    const target = readers.has(otherNames[word] ?? word) ? (otherNames[word] ?? word) : undefined;
    if (target === undefined) fields.set(fieldName(name), value);
    else if (known.has(target))
      throw new Refusal(`${target} is given twice, the second time as ${quote(name)}; keep one`);
    else known.set(target, value);
  }
  if (fields.size > fieldsMax) throw new Refusal(`the answer has ${fields.size} fields; send at most ${fieldsMax}`);
  const survey = build(known, fields, defaultSource);
  const isEmpty = [survey.promoterScore, survey.satisfaction, survey.category, survey.comment].every(
    (each) => each === null,
  );
  if (isEmpty && fields.size === 0)
    throw new Refusal('the record has no answer; give promoterScore, satisfaction, category, comment or a field');
  return survey;
}

const readers = new Set([
  'conversationid',
  'surveyid',
  'source',
  'answeredat',
  'queueid',
  'userid',
  'promoterscore',
  'satisfaction',
  'category',
  'comment',
]);

type Known = ReadonlyMap<string, string | number>;

function build(known: Known, fields: ReadonlyMap<string, string | number>, defaultSource: string): SurveyInput {
  const text = (name: string) => (known.has(name) ? String(known.get(name)) : null);
  const key = (name: string, title: string) => shortText(text(name), title);
  const conversationId = idOf(known, 'conversationid', 'conversationId');
  if (conversationId === null) throw new Refusal('conversationId is missing');
  const answer = {
    source: key('source', 'source') ?? defaultSource,
    conversationId,
    queueId: idOf(known, 'queueid', 'queueId'),
    userId: idOf(known, 'userid', 'userId'),
    answeredAt: answeredAt(known),
    promoterScore: promoterScore(known),
    satisfaction: numberOf(known, 'satisfaction', 'satisfaction'),
    category: text('category'),
    comment: text('comment'),
    fields: Object.fromEntries([...fields].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return { ...answer, surveyId: key('surveyid', 'surveyId') ?? digestOf(answer) };
}

function fieldName(name: string): string {
  if (name.length <= nameLengthMax) return name.trim();
  throw new Refusal(`the name of a field has ${name.length} characters; use at most ${nameLengthMax}`);
}

function shortText(text: string | null, title: string): string | null {
  if (text === null || text.length <= idLengthMax) return text;
  throw new Refusal(`${title} has ${text.length} characters; use at most ${idLengthMax}`);
}

/** Converts a value: blank means absent; true and false become text; a list or an object is refused. */
function plain(name: string, value: unknown): string | number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new Refusal(`${quote(name)} is neither text nor number; flatten it`);
  // Postgres stores no NUL.
  const text = value.replaceAll('\u0000', '').toWellFormed().trim();
  if (text.length > textLengthMax)
    throw new Refusal(`${quote(name)} has ${text.length} characters; use at most ${textLengthMax}`);
  return text === '' ? undefined : text;
}

function idOf(known: Known, key: string, name: string): string | null {
  const value = known.get(key);
  if (value === undefined) return null;
  const text = String(value);
  if (!uuid.test(text)) throw new Refusal(`${name} is ${quote(text)}, which is not a Genesys Cloud id (a UUID)`);
  return text.toLowerCase();
}

function answeredAt(known: Known): Date {
  const value = known.get('answeredat');
  if (value === undefined) throw new Refusal('answeredAt is missing');
  const at = parseTimestamp(String(value));
  if (at !== undefined) return at;
  throw new Refusal(`answeredAt is ${quote(value)}; use a time with its offset such as 2026-01-31T08:00:00Z`);
}

function numberOf(known: Known, key: string, name: string): number | null {
  const value = known.get(key);
  if (value === undefined) return null;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new Refusal(`${name} is ${quote(value)}; use a number`);
  return number;
}

function promoterScore(known: Known): number | null {
  const score = numberOf(known, 'promoterscore', 'promoterScore');
  if (score === null || (score >= 0 && score <= promoterScoreMax)) return score;
  throw new Refusal(`promoterScore is ${score}; use 0 to ${promoterScoreMax}`);
}

function digestOf(answer: Omit<SurveyInput, 'surveyId'>): string {
  return createHash('sha256').update(JSON.stringify(answer)).digest('hex').slice(0, 32);
}
