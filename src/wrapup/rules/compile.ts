import { dayMs, hourMs, minuteMs, secondMs } from '../../lib/interval.js';
import type { AgentSession, Directory, Phase, SurveyAnswer } from '../../model/agent-session.js';
import { isSystemCode } from '../../model/agent-session.js';
import { asList, fieldMatchTest, namedTest, numberTest, type Test, textMatchTest, textTest } from './patterns.js';
import type { Rule } from './rules.js';
import type { Conditions, SurveyConditions } from './rules-schema.js';

/** An agent session as rules see it. `currentCode` and `cause` are those before this program's own write. */
export interface Candidate {
  readonly session: AgentSession;
  readonly currentCode: string | null;
  readonly cause: string | null;
  readonly now: Date;
}

export interface CompiledRule {
  readonly rule: Rule;
  /** `survey` where the rule has a survey condition. */
  readonly source: 'rule' | 'survey';
  /** Ids of the rule's code: several codes may have one name, in different divisions. */
  readonly codes: readonly { readonly id: string; readonly name: string }[];
  matches(candidate: Candidate): boolean;
  /** Returns the survey answer that the rule evaluates; null where it has no survey condition. */
  surveyOf(session: AgentSession): SurveyAnswer | null;
}

/** Tests the code that an agent session has; shared with the check and the search for candidates. */
export const currentWords = ['none', 'system', 'unknown', 'any'] as const;
export const defaultCurrent: readonly string[] = ['none', 'system'];
export const defaultPhases: readonly Phase[] = ['ended'];

/** Compiles rules into tests. Names of queues and agents are compared as in the directory; only codes are looked up. */
export function compileRules(rules: readonly Rule[], directory: Directory): CompiledRule[] {
  return rules.map((rule) => compileRule(rule, directory));
}

function compileRule(rule: Rule, directory: Directory): CompiledRule {
  const { survey } = rule.when;
  const pick = survey === undefined ? () => null : surveyPick(survey);
  const surveyTest = survey === undefined ? () => true : surveyTests(survey);
  const tests = sessionTests(rule.when, directory);
  const matches = (candidate: Candidate) => {
    if (!tests.every((test) => test(candidate))) return false;
    if (survey === undefined) return true;
    const answer = pick(candidate.session);
    return answer !== null && surveyTest(answer);
  };
  return {
    rule,
    source: survey === undefined ? 'rule' : 'survey',
    codes: codesOf(rule.set.code, directory),
    matches,
    surveyOf: pick,
  };
}

/** Returns the codes of the directory that the text names, by id or by name, without deleted ones. */
export function codesOf(text: string, directory: Directory): { id: string; name: string }[] {
  const test = namedTest([text.replaceAll('*', '')]);
  return directory.codes
    .filter((code) => !code.isDeleted && test(code))
    .map(({ id, name }) => ({ id, name: name ?? id }));
}

function sessionTests(when: Conditions, directory: Directory): Test<Candidate>[] {
  const tests: Test<Candidate>[] = [];
  const add = <T>(value: T | undefined, make: (value: T) => Test<Candidate>) => {
    if (value !== undefined) tests.push(make(value));
  };
  const texts = (value: string | string[], of: (session: AgentSession) => string | null): Test<Candidate> => {
    const test = textTest(asList(value));
    return ({ session }) => test(of(session) ?? '');
  };
  const names = (
    value: string | string[],
    of: (session: AgentSession) => readonly AgentSession['queue'][],
  ): Test<Candidate> => {
    const test = namedTest(asList(value));
    return ({ session }) => of(session).some((each) => each !== null && test(each));
  };
  const phases = new Set<string>(asList(when.phase ?? [...defaultPhases]));
  tests.push(({ session }) => phases.has(session.phase));
  tests.push(currentTest(asList(when.current ?? [...defaultCurrent]), directory));
  add(when.cause, (value) => {
    const causes = new Set<string | null>(asList(value));
    return ({ cause }) => causes.has(cause);
  });
  add(when.media, (value) => texts(value, (session) => session.mediaType));
  add(when.direction, (value) => texts(value, (session) => session.direction));
  add(when.disconnect, (value) => texts(value, (session) => session.disconnectType));
  add(when.queue, (value) => names(value, (session) => [session.queue]));
  add(when.agent, (value) => names(value, (session) => [session.user]));
  add(when.team, (value) => names(value, (session) => [session.team]));
  add(when.division, (value) => names(value, (session) => session.divisions));
  add(when.skill, (value) => names(value, (session) => session.skills));
  add(when.age, ageTest);
  add(when.attributes, attributeTests);
  return tests;
}

function currentTest(words: readonly string[], directory: Directory): Test<Candidate> {
  const given = words.filter((word) => !currentWords.some((each) => each === word));
  const test = namedTest(given);
  const nameOf = new Map(directory.codes.map((code) => [code.id, code.name]));
  return ({ currentCode: code }) => {
    if (code === null) return words.includes('none') || words.includes('any');
    if (words.includes('any') || (words.includes('system') && isSystemCode(code))) return true;
    if (words.includes('unknown') && !isSystemCode(code) && !nameOf.has(code)) return true;
    return given.length > 0 && test({ id: code, name: nameOf.get(code) ?? null });
  };
}

function ageTest(age: { atLeast?: string | undefined; atMost?: string | undefined }): Test<Candidate> {
  const [atLeast, atMost] = [durationMs(age.atLeast), durationMs(age.atMost)];
  return ({ session, now }) => {
    if (session.contactEndedAt === null) return false;
    const ageMs = now.getTime() - session.contactEndedAt.getTime();
    return (atLeast === undefined || ageMs >= atLeast) && (atMost === undefined || ageMs <= atMost);
  };
}

const unitsMs: Readonly<Record<string, number>> = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

/** Parses a duration such as `90m` into milliseconds. */
export function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.slice(0, -1)) * (unitsMs[text.slice(-1)] ?? 0);
}

function attributeTests(attributes: NonNullable<Conditions['attributes']>): Test<Candidate> {
  const tests = Object.entries(attributes).map(([name, match]) => ({ name, test: textMatchTest(match) }));
  return ({ session }) => tests.every(({ name, test }) => test(session.attributes[name]));
}

/** Picks the latest answer about this agent session from the sources that the rule names. */
function surveyPick({ source, form }: SurveyConditions): (session: AgentSession) => SurveyAnswer | null {
  const isSource = source === undefined ? () => true : textTest(asList(source));
  const isForm = form === undefined ? () => true : textTest(asList(form));
  const isAbout = (answer: SurveyAnswer, { queue, user }: AgentSession) =>
    (answer.queueId === null || answer.queueId === queue?.id) && (answer.userId === null || answer.userId === user?.id);
  return (session) =>
    session.surveys.find(
      (answer) => isSource(answer.source) && isForm(answer.form ?? '') && isAbout(answer, session),
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
