import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentSession, SurveyAnswer } from '../../src/model/agent-session.js';
import { compileRules } from '../../src/wrapup/rules/compile.js';
import { contradiction, covers } from '../../src/wrapup/rules/cover.js';
import { prefilterOf } from '../../src/wrapup/rules/prefilter.js';
import type { Rule } from '../../src/wrapup/rules/rules.js';
import type { Conditions } from '../../src/wrapup/rules/rules-schema.js';
import { answer, directory, now, session } from './support.js';

/** Few words, so that conditions and agent sessions meet often. */
const oneOrMore = <T>(...values: T[]) =>
  fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }));
const number = fc.integer({ min: 0, max: 5 });
const numberMatch = fc.oneof(
  number,
  fc
    .record(
      { equals: number, not: number, atLeast: number, atMost: number, above: number, below: number },
      { requiredKeys: [] },
    )
    .filter((match) => Object.keys(match).length > 0),
);
const texts = oneOrMore('x', 'y', 'x*', '*', 'xy');
const textMatch = fc.oneof(
  texts,
  fc
    .record({ is: texts, not: texts, exists: fc.boolean() }, { requiredKeys: [] })
    .filter((match) => Object.keys(match).length > 0),
);
const survey = fc
  .record(
    {
      source: oneOrMore('tool', 'genesys', '*'),
      promoterScore: numberMatch,
      satisfaction: numberMatch,
      category: textMatch,
      fields: fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(textMatch, numberMatch), { minKeys: 1, maxKeys: 2 }),
    },
    { requiredKeys: [] },
  )
  .filter((conditions) => Object.keys(conditions).length > 0);
const causes = [
  'acw_timeout',
  'acw_skipped',
  'code_deleted',
  'still_open',
  'digital_no_code',
  'callback_no_acw',
  'acw_optional',
  'unexplained',
] as const;
const conditions = fc.record(
  {
    cause: oneOrMore(...causes),
    current: oneOrMore('none', 'system', 'unknown', 'any', 'General', 'c-technical', 'ININ-WRAP-UP-TIMEOUT', 'ININ-*'),
    phase: oneOrMore('ended', 'afterCallWork', 'contact'),
    queue: oneOrMore('Sales', 'q-sales', 'Support', 'Support*', '*'),
    media: oneOrMore('voice', 'message', 'callback', 'm*'),
    direction: oneOrMore('inbound', 'outbound'),
    agent: oneOrMore('Ann', 'Bob', '*'),
    skill: oneOrMore('French', '*'),
    age: fc.constantFrom(
      { atLeast: '1h' },
      { atLeast: '2h', atMost: '3h' },
      { atMost: '30m' },
      { atLeast: '3h', atMost: '1h' },
    ),
    attributes: fc.dictionary(fc.constantFrom('a', 'b'), textMatch, { minKeys: 1, maxKeys: 2 }),
    survey,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Conditions>;

const value = fc.constantFrom('x', 'y', 'xy', 'xyz', 'z', '3', '5');
const surveyAnswer = fc
  .record({
    source: fc.constantFrom('tool', 'genesys', 'other'),
    promoterScore: fc.option(number),
    satisfaction: fc.option(number),
    category: fc.option(value),
    fields: fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(value, number)),
  })
  .map((more) => answer(more as Partial<SurveyAnswer>));

/** Cause, code and phase as they go together in the views. */
const verdicts: readonly Partial<AgentSession>[] = [
  { cause: 'acw_timeout', currentCode: 'ININ-WRAP-UP-TIMEOUT' },
  { cause: 'acw_timeout', currentCode: 'ININ-WRAP-UP-TIMEOUT', phase: 'contact', contactEndedAt: null },
  { cause: 'acw_skipped', currentCode: 'ININ-WRAP-UP-SKIPPED' },
  { cause: 'acw_skipped', currentCode: null },
  { cause: 'code_deleted', currentCode: 'ININ-WRAP-UP-DELETED' },
  { cause: 'code_deleted', currentCode: 'c-nobody-knows' },
  { cause: 'still_open', currentCode: null },
  { cause: 'still_open', currentCode: null, phase: 'afterCallWork' },
  { cause: 'still_open', currentCode: null, phase: 'contact', contactEndedAt: null },
  { cause: 'digital_no_code', currentCode: null, mediaType: 'message' },
  { cause: 'callback_no_acw', currentCode: null, mediaType: 'callback' },
  { cause: 'acw_optional', currentCode: null, queue: { id: 'q-support', name: 'Support' } },
  { cause: 'unexplained', currentCode: null, mediaType: 'voice' },
  { cause: null, currentCode: 'c-general' },
  { cause: null, currentCode: 'c-technical', phase: 'afterCallWork' },
];
const anyHandling = fc
  .record({
    queue: fc.constantFrom(...directory.queues, null),
    mediaType: fc.constantFrom('voice', 'message', 'callback', null),
    direction: fc.constantFrom('inbound', 'outbound'),
    user: fc.constantFrom(...directory.users, null),
    skills: fc.constantFrom([], directory.skills),
    contactEndedAt: fc.integer({ min: 0, max: 240 }).map((minutes) => new Date(now.getTime() - minutes * 60_000)),
    attributes: fc.dictionary(fc.constantFrom('a', 'b'), value),
    surveys: fc.array(surveyAnswer, { maxLength: 3 }),
    verdict: fc.constantFrom(...verdicts),
  })
  .map(({ verdict, ...more }) => session({ ...more, ...verdict }));

const ruleOf = (when: Conditions): Rule => ({ name: 'r', when, set: { code: 'General' }, version: 'v' });
function matches(when: Conditions, each: AgentSession): boolean {
  const [compiled] = compileRules([ruleOf(when)], directory);
  return compiled?.matches({ session: each, currentCode: each.currentCode, cause: each.cause, now }) ?? false;
}

/** Generates a rule from another one's conditions, so that covering happens at all. */
const pairs = fc.tuple(conditions, conditions).chain(([a, b]) =>
  fc.subarray(Object.keys(a)).map((keys) => {
    const wider = Object.fromEntries(Object.entries(a).filter(([key]) => keys.includes(key))) as Conditions;
    return { earlier: wider, later: { ...a, ...b } as Conditions, same: a };
  }),
);

test('a rule that is called covered matches nothing that the earlier one does not', () => {
  let covered = 0;
  fc.assert(
    fc.property(pairs, fc.array(anyHandling, { minLength: 1, maxLength: 20 }), ({ earlier, later, same }, sessions) => {
      for (const inner of [later, same]) {
        if (!covers(earlier, inner, directory)) continue;
        covered += 1;
        for (const each of sessions) if (matches(inner, each)) expect(matches(earlier, each)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(covered).toBeGreaterThan(200);
});

test('a rule whose conditions are said to exclude each other matches nothing', () => {
  let excluded = 0;
  fc.assert(
    fc.property(conditions, fc.array(anyHandling, { minLength: 1, maxLength: 20 }), (when, sessions) => {
      if (contradiction(when, directory) === undefined) return;
      excluded += 1;
      for (const each of sessions) expect(matches(when, each)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
  expect(excluded).toBeGreaterThan(50);
});

test('nothing that a rule matches is cut by the filter in SQL', () => {
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 3 }),
      fc.array(anyHandling, { minLength: 1, maxLength: 20 }),
      (whens, sessions) => {
        const filter = prefilterOf(whens.map(ruleOf), directory);
        for (const each of sessions.filter((one) => whens.some((when) => matches(when, one)))) {
          const code = each.currentCode;
          const isReal = code !== null && !code.startsWith('ININ-');
          expect(filter.queueIds === null || filter.queueIds.includes(each.queue?.id ?? '')).toBe(true);
          expect(filter.mediaTypes === null || filter.mediaTypes.includes(each.mediaType ?? '')).toBe(true);
          expect(filter.causes === null || filter.causes.includes(each.cause ?? '')).toBe(true);
          expect(filter.phases).toContain(each.phase);
          expect(!isReal || filter.realCodes === null || filter.realCodes.includes(code)).toBe(true);
          expect(!filter.onlySurveyed || each.surveys.length > 0).toBe(true);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
