import { dayMs, hourMs, minuteMs, secondMs } from '../../lib/interval.js';
import type { ContactCentre, Handling, Phase, SurveyAnswer } from '../../model/handling.js';
import { isSystemCode } from '../../model/handling.js';
import { asList, fieldMatchTest, namedTest, numberTest, type Test, textMatchTest, textTest } from './patterns.js';
import type { Rule } from './rules.js';
import type { Conditions, SurveyConditions } from './rules-schema.js';

/** What a handling is judged by besides itself. `currentCode` and `cause` are those before our own write, see `judged`. */
export interface Judged {
  readonly handling: Handling;
  readonly currentCode: string | null;
  readonly cause: string | null;
  readonly now: Date;
}

export interface CompiledRule {
  readonly rule: Rule;
  /** `survey` where the rule asks for an answer. */
  readonly source: 'rule' | 'survey';
  /** Ids that the rule's code may stand for: several codes may bear one name, in different divisions. */
  readonly codes: readonly { readonly id: string; readonly name: string }[];
  matches(judged: Judged): boolean;
  /** The answer that the rule looks at; null where it asks for none. */
  surveyOf(handling: Handling): SurveyAnswer | null;
}

/** Whether a rule is about the code that a handling has; shared with the check and the search for candidates. */
export const currentWords = ['none', 'system', 'unknown', 'any'] as const;
export const defaultCurrent: readonly string[] = ['none', 'system'];
export const defaultPhases: readonly Phase[] = ['ended'];

/** Makes tests of rules. Names of queues and agents are compared as the directory has them; only codes are looked up. */
export function compileRules(rules: readonly Rule[], centre: ContactCentre): CompiledRule[] {
  return rules.map((rule) => compileRule(rule, centre));
}

function compileRule(rule: Rule, centre: ContactCentre): CompiledRule {
  const { survey } = rule.when;
  const pick = survey === undefined ? () => null : surveyPick(survey);
  const surveyTest = survey === undefined ? () => true : surveyTests(survey);
  const tests = handlingTests(rule.when, centre);
  const matches = (judged: Judged) => {
    if (!tests.every((test) => test(judged))) return false;
    if (survey === undefined) return true;
    const answer = pick(judged.handling);
    return answer !== null && surveyTest(answer);
  };
  return {
    rule,
    source: survey === undefined ? 'rule' : 'survey',
    codes: codesOf(rule.set.code, centre),
    matches,
    surveyOf: pick,
  };
}

/** Codes of the directory that the text names, by id or by name, those that are not deleted. */
export function codesOf(text: string, centre: ContactCentre): { id: string; name: string }[] {
  const test = namedTest([text.replaceAll('*', '')]);
  return centre.codes.filter((code) => !code.isDeleted && test(code)).map(({ id, name }) => ({ id, name: name ?? id }));
}

function handlingTests(when: Conditions, centre: ContactCentre): Test<Judged>[] {
  const tests: Test<Judged>[] = [];
  const add = <T>(value: T | undefined, make: (value: T) => Test<Judged>) => {
    if (value !== undefined) tests.push(make(value));
  };
  const texts = (value: string | string[], of: (handling: Handling) => string | null): Test<Judged> => {
    const test = textTest(asList(value));
    return ({ handling }) => test(of(handling) ?? '');
  };
  const names = (value: string | string[], of: (handling: Handling) => readonly Handling['queue'][]): Test<Judged> => {
    const test = namedTest(asList(value));
    return ({ handling }) => of(handling).some((each) => each !== null && test(each));
  };
  const phases = new Set<string>(asList(when.phase ?? [...defaultPhases]));
  tests.push(({ handling }) => phases.has(handling.phase));
  tests.push(currentTest(asList(when.current ?? [...defaultCurrent]), centre));
  add(when.cause, (value) => {
    const causes = new Set<string | null>(asList(value));
    return ({ cause }) => causes.has(cause);
  });
  add(when.media, (value) => texts(value, (handling) => handling.mediaType));
  add(when.direction, (value) => texts(value, (handling) => handling.direction));
  add(when.disconnect, (value) => texts(value, (handling) => handling.disconnectType));
  add(when.queue, (value) => names(value, (handling) => [handling.queue]));
  add(when.agent, (value) => names(value, (handling) => [handling.user]));
  add(when.team, (value) => names(value, (handling) => [handling.team]));
  add(when.division, (value) => names(value, (handling) => handling.divisions));
  add(when.skill, (value) => names(value, (handling) => handling.skills));
  add(when.age, ageTest);
  add(when.attributes, attributeTests);
  return tests;
}

function currentTest(words: readonly string[], centre: ContactCentre): Test<Judged> {
  const given = words.filter((word) => !currentWords.some((each) => each === word));
  const test = namedTest(given);
  const nameOf = new Map(centre.codes.map((code) => [code.id, code.name]));
  return ({ currentCode: code }) => {
    if (code === null) return words.includes('none') || words.includes('any');
    if (words.includes('any') || (words.includes('system') && isSystemCode(code))) return true;
    if (words.includes('unknown') && !isSystemCode(code) && !nameOf.has(code)) return true;
    return given.length > 0 && test({ id: code, name: nameOf.get(code) ?? null });
  };
}

function ageTest(age: { atLeast?: string | undefined; atMost?: string | undefined }): Test<Judged> {
  const [atLeast, atMost] = [distanceMs(age.atLeast), distanceMs(age.atMost)];
  return ({ handling, now }) => {
    if (handling.contactEndedAt === null) return false;
    const ageMs = now.getTime() - handling.contactEndedAt.getTime();
    return (atLeast === undefined || ageMs >= atLeast) && (atMost === undefined || ageMs <= atMost);
  };
}

const unitsMs: Readonly<Record<string, number>> = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

/** `90m` as milliseconds. */
export function distanceMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.slice(0, -1)) * (unitsMs[text.slice(-1)] ?? 0);
}

function attributeTests(attributes: NonNullable<Conditions['attributes']>): Test<Judged> {
  const tests = Object.entries(attributes).map(([name, match]) => ({ name, test: textMatchTest(match) }));
  return ({ handling }) => tests.every(({ name, test }) => test(handling.attributes[name]));
}

/** The latest answer that is about this handling, of the sources that the rule names. */
function surveyPick({ source, form }: SurveyConditions): (handling: Handling) => SurveyAnswer | null {
  const isSource = source === undefined ? () => true : textTest(asList(source));
  const isForm = form === undefined ? () => true : textTest(asList(form));
  const isAbout = (answer: SurveyAnswer, { queue, user }: Handling) =>
    (answer.queueId === null || answer.queueId === queue?.id) && (answer.userId === null || answer.userId === user?.id);
  return (handling) =>
    handling.surveys.find(
      (answer) => isSource(answer.source) && isForm(answer.form ?? '') && isAbout(answer, handling),
    ) ?? null;
}

function surveyTests(survey: SurveyConditions): Test<SurveyAnswer> {
  const tests: Test<SurveyAnswer>[] = [];
  for (const score of ['promoterScore', 'satisfaction', 'totalScore'] as const) {
    const match = survey[score];
    if (match === undefined) continue;
    const test = numberTest(match);
    tests.push(({ [score]: value }) => value !== null && test(value));
  }
  for (const words of ['category', 'comment'] as const) {
    const match = survey[words];
    if (match === undefined) continue;
    const test = textMatchTest(match);
    tests.push(({ [words]: value }) => test(value ?? undefined));
  }
  for (const [name, match] of Object.entries(survey.fields ?? {})) {
    const test = fieldMatchTest(match);
    tests.push(({ fields }) => test(fields[name]));
  }
  return (answer) => tests.every((test) => test(answer));
}
