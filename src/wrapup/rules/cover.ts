/** Proves that a rule cannot match: its own conditions exclude each other, or an earlier rule covers it. */
import type { Directory, Named } from '../../model/agent-session.js';
import { isSystemCode } from '../../model/agent-session.js';
import { currentWords, defaultCurrent, defaultPhases, durationMs } from './compile.js';
import { asList, isNumberMatch, textTest } from './patterns.js';
import { selected } from './prefilter.js';
import type { Conditions, FieldMatch, NumberMatch, SurveyConditions, TextMatch } from './rules-schema.js';

type Values = string | string[] | undefined;

/** Returns true if `earlier` matches every agent session that `later` matches. Errs towards false. */
export function covers(earlier: Conditions, later: Conditions, directory: Directory): boolean {
  const lists: readonly (readonly ['queue' | 'agent' | 'team' | 'division' | 'skill', readonly Named[]])[] = [
    ['queue', directory.queues],
    ['agent', directory.users],
    ['team', directory.teams],
    ['division', directory.divisions],
    ['skill', directory.skills],
  ];
  return (
    lists.every(([key, entries]) => coversNames(earlier[key], later[key], entries)) &&
    (['media', 'direction', 'disconnect'] as const).every((key) => coversTexts(earlier[key], later[key])) &&
    isSubset(later.cause, earlier.cause) &&
    isSubset(later.phase ?? [...defaultPhases], earlier.phase ?? [...defaultPhases]) &&
    coversCurrent(earlier, later, directory) &&
    coversAge(earlier.age, later.age) &&
    coversEach(earlier.attributes, later.attributes, coversText) &&
    coversSurvey(earlier.survey, later.survey)
  );
}

function isSubset(inner: Values, outer: Values): boolean {
  if (outer === undefined) return true;
  return inner !== undefined && asList(inner).every((each) => asList(outer).includes(each));
}

function coversNames(outer: Values, inner: Values, entries: readonly Named[]): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  if (coversTexts(outer, inner)) return true;
  const taken = new Set(selected(asList(outer), entries));
  const wanted = selected(asList(inner), entries);
  return wanted.length > 0 && wanted.every((id) => taken.has(id));
}

/**
 * Returns true if the outer patterns cover the inner ones. A pattern covers another if it matches
 * it as a text, because its stars then match whatever the other's stars match.
 */
function coversTexts(outer: Values, inner: Values): boolean {
  if (outer === undefined) return true;
  return inner !== undefined && asList(inner).every(textTest(asList(outer)));
}

function coversCurrent(earlier: Conditions, later: Conditions, { codes }: Directory): boolean {
  const outer = asList(earlier.current ?? [...defaultCurrent]);
  if (outer.includes('any')) return true;
  const inner = asList(later.current ?? [...defaultCurrent]);
  const isTaken = (word: string) =>
    outer.includes(word) ||
    (word !== 'any' && isSystemCode(word) && outer.includes('system')) ||
    (!currentWords.some((each) => each === word) && coversNames([...outer], [word], codes));
  return inner.every(isTaken);
}

interface Range {
  readonly from: number;
  readonly isFromOpen: boolean;
  readonly to: number;
  readonly isToOpen: boolean;
}

function rangeOf(match: NumberMatch): Range {
  const { equals, atLeast, above, atMost, below } = typeof match === 'number' ? { equals: match } : match;
  const from = Math.max(equals ?? -Infinity, atLeast ?? -Infinity, above ?? -Infinity);
  const to = Math.min(equals ?? Infinity, atMost ?? Infinity, below ?? Infinity);
  return { from, isFromOpen: above === from, to, isToOpen: below === to };
}

function coversNumber(outer: NumberMatch, inner: NumberMatch): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  const not = typeof outer === 'number' ? undefined : outer.not;
  const innerNot = typeof inner === 'number' ? undefined : inner.not;
  return (
    (a.from < b.from || (a.from === b.from && (!a.isFromOpen || b.isFromOpen))) &&
    (a.to > b.to || (a.to === b.to && (!a.isToOpen || b.isToOpen))) &&
    (not === undefined || not === innerNot || not < b.from || not > b.to)
  );
}

function isEmptyNumber(match: NumberMatch): boolean {
  const { from, to, isFromOpen, isToOpen } = rangeOf(match);
  const not = typeof match === 'number' ? undefined : match.not;
  return from > to || (from === to && (isFromOpen || isToOpen || not === from));
}

const textParts = (match: TextMatch) =>
  typeof match === 'string' || Array.isArray(match) ? { is: match, not: undefined, exists: undefined } : match;

function coversText(outer: TextMatch, inner: TextMatch): boolean {
  const [a, b] = [textParts(outer), textParts(inner)];
  const isThere = b.exists === true || b.is !== undefined;
  return (
    (a.is === undefined || coversTexts(a.is, b.is)) &&
    (a.not === undefined || avoids(b, a.not)) &&
    (a.exists === undefined || (a.exists ? isThere : b.exists === false))
  );
}

/** Returns true if no value that the match allows is one of `not`. */
function avoids({ is, not, exists }: ReturnType<typeof textParts>, unwanted: string | string[]): boolean {
  if (exists === false || (not !== undefined && isSubset(unwanted, not))) return true;
  const isUnwanted = textTest(asList(unwanted));
  return is !== undefined && asList(is).every((each) => !each.includes('*') && !isUnwanted(each));
}

function isEmptyText(match: TextMatch): boolean {
  const { is, not, exists } = textParts(match);
  if (is !== undefined && exists === false) return true;
  return is !== undefined && not !== undefined && coversTexts(not, is);
}

function coversField(outer: FieldMatch, inner: FieldMatch): boolean {
  if (isNumberMatch(outer) !== isNumberMatch(inner)) return false;
  return isNumberMatch(outer) ? coversNumber(outer, inner as NumberMatch) : coversText(outer, inner as TextMatch);
}

function coversEach<T>(
  outer: Readonly<Record<string, T>> | undefined,
  inner: Readonly<Record<string, T>> | undefined,
  isCovered: (outer: T, inner: T) => boolean,
): boolean {
  return Object.entries(outer ?? {}).every(([name, match]) => {
    const other = inner?.[name];
    return other !== undefined && isCovered(match, other);
  });
}

function coversAge(outer: Conditions['age'], inner: Conditions['age']): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  const [outerFrom = 0, outerTo = Infinity] = [durationMs(outer.atLeast), durationMs(outer.atMost)];
  const [innerFrom = 0, innerTo = Infinity] = [durationMs(inner.atLeast), durationMs(inner.atMost)];
  return outerFrom <= innerFrom && outerTo >= innerTo;
}

/** Returns true when `outer` covers `inner`. Source and form select the survey answer, so they must be the same. */
function coversSurvey(outer: SurveyConditions | undefined, inner: SurveyConditions | undefined): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  const isSame = (key: 'source' | 'form') => isSubset(outer[key], inner[key]) && isSubset(inner[key], outer[key]);
  const isCovered = <T>(a: T | undefined, b: T | undefined, covered: (a: T, b: T) => boolean) =>
    a === undefined || (b !== undefined && covered(a, b));
  return (
    isSame('source') &&
    isSame('form') &&
    (['promoterScore', 'satisfaction', 'totalScore'] as const).every((key) =>
      isCovered(outer[key], inner[key], coversNumber),
    ) &&
    (['category', 'comment'] as const).every((key) => isCovered(outer[key], inner[key], coversText)) &&
    coversEach(outer.fields, inner.fields, coversField)
  );
}

interface Contradiction {
  /** The condition to report. */
  readonly key: keyof Conditions;
  readonly message: string;
}

/** Returns the code of a session with this cause. */
const codeOfCause: Readonly<Record<string, 'system' | 'unknown'>> = {
  acw_timeout: 'system',
  acw_skipped: 'system',
  system_code: 'system',
  code_deleted: 'unknown',
};
/** acw_skipped also covers a mark on the session, code_deleted a system code. */
const alsoOfCause: Readonly<Record<string, readonly string[]>> = { acw_skipped: ['none'], code_deleted: ['system'] };
const digitalMedia = ['chat', 'message', 'internalmessage', 'email', 'social'];
const promptOfCause: Readonly<Record<string, string>> = {
  acw_optional: 'OPTIONAL',
  acw_not_requested: 'AGENT_REQUESTED',
};

/** Returns why the conditions exclude each other, if they do. */
export function contradiction(when: Conditions, directory: Directory): Contradiction | undefined {
  const causes = asList(when.cause);
  if (causes.length > 0) {
    if (!causes.some((cause) => isCodePossible(cause, when)))
      return { key: 'current', message: `a session with cause ${causes.join(', ')} has no such code` };
    if (!causes.some((cause) => isPhasePossible(cause, when)))
      return { key: 'cause', message: 'what is not over yet has no cause but still_open, or a code of the system' };
    if (!causes.some((cause) => isMediaPossible(cause, when)))
      return { key: 'media', message: `cause ${causes.join(', ')} does not occur in these media` };
    if (!causes.some((cause) => isPromptPossible(cause, when, directory)))
      return { key: 'cause', message: `the queues' wrap-up prompt never leads to ${causes.join(', ')}` };
  }
  return emptyCondition(when);
}

function isCodePossible(cause: string, when: Conditions): boolean {
  const words = asList(when.current ?? [...defaultCurrent]);
  const possible = [codeOfCause[cause] ?? 'none', ...(alsoOfCause[cause] ?? [])];
  const isSystem = (word: string) => isSystemCode(word) && possible.includes('system');
  return words.some((word) => word === 'any' || possible.includes(word) || isSystem(word));
}

function isPhasePossible(cause: string, { phase }: Conditions): boolean {
  if (phase === undefined || asList(phase).includes('ended')) return true;
  return cause === 'still_open' || codeOfCause[cause] !== undefined || cause === 'non_acd';
}

function isMediaPossible(cause: string, { media }: Conditions): boolean {
  if (media === undefined) return true;
  const test = textTest(asList(media));
  if (cause === 'digital_no_code') return digitalMedia.some(test);
  return cause !== 'callback_no_acw' || test('callback');
}

function isPromptPossible(cause: string, { queue }: Conditions, { queues }: Directory): boolean {
  const prompt = promptOfCause[cause];
  if (prompt === undefined) return true;
  const ids = new Set(queue === undefined ? queues.map(({ id }) => id) : selected(asList(queue), queues));
  return queues.some((each) => ids.has(each.id) && each.wrapupPrompt === prompt);
}

function emptyCondition({ age, attributes, survey }: Conditions): Contradiction | undefined {
  const [from = 0, to = Infinity] = [durationMs(age?.atLeast), durationMs(age?.atMost)];
  if (from > to) return { key: 'age', message: 'atLeast is longer than atMost' };
  const attribute = Object.entries(attributes ?? {}).find(([, match]) => isEmptyText(match));
  if (attribute !== undefined)
    return { key: 'attributes', message: `no value of ${attribute[0]} satisfies its condition` };
  const scores = [survey?.promoterScore, survey?.satisfaction, survey?.totalScore];
  const texts = [survey?.category, survey?.comment];
  const isEmptyField = (match: FieldMatch) => (isNumberMatch(match) ? isEmptyNumber(match) : isEmptyText(match));
  const isEmpty =
    scores.some((match) => match !== undefined && isEmptyNumber(match)) ||
    texts.some((match) => match !== undefined && isEmptyText(match)) ||
    Object.values(survey?.fields ?? {}).some(isEmptyField);
  return isEmpty ? { key: 'survey', message: 'no answer fulfils its conditions on the survey' } : undefined;
}
