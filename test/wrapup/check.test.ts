import { describe, expect, test } from 'vitest';
import { checkRules } from '../../src/wrapup/rules/check.js';
import { parseRules } from '../../src/wrapup/rules/rules.js';
import { directory, rulesOf } from './support.js';

const faults = (...whens: string[]) =>
  checkRules(rulesOf(...whens), directory).faults.map(({ at, message }) => `${at} ${message}`);

test('a file in order has no faults', () => {
  expect(
    faults(
      '{ queue: Support, cause: acw_optional } → Technical',
      '{ agent: Ann, team: North, division: Home, skill: French }',
    ),
  ).toEqual([]);
});

describe('a name that means nothing is a fault with its place and the nearest name', () => {
  test.each([
    ['{ queue: Suport }', 'rules.yaml:4:20 there is no queue "Suport"; did you mean "Support"?'],
    ['{ queue: [Support, Suport] }', 'rules.yaml:4:30 there is no queue "Suport"; did you mean "Support"?'],
    ['{ queue: "Z*" }', expect.stringMatching(/^rules\.yaml:4:20 there is no queue "Z\*"/)],
    ['{ agent: An }', 'rules.yaml:4:20 there is no agent "An"; did you mean "Ann"?'],
    ['{ team: South }', 'rules.yaml:4:19 there is no team "South"; did you mean "North"?'],
    ['{ division: Hom }', 'rules.yaml:4:23 there is no division "Hom"; did you mean "Home"?'],
    ['{ skill: Frensh }', 'rules.yaml:4:20 there is no skill "Frensh"; did you mean "French"?'],
    ['{ current: [any, Tecnical] }', 'rules.yaml:4:28 there is no code "Tecnical"; did you mean "Technical"?'],
    ['{} → Tecnical', 'rules.yaml:5:18 there is no wrap-up code "Tecnical"; did you mean "Technical"?'],
    ['{} → Gone', 'rules.yaml:5:18 code "Gone" was deleted in Genesys Cloud; name one that exists'],
    ['{} → "*"', 'rules.yaml:5:18 code is "*"; a rule sets one code: write its name or id'],
  ])('%s', (when, fault) => {
    expect(faults(when)).toEqual([fault]);
  });
});

test('a code that a named queue does not offer is a fault; on queues that only a pattern covers it is a warning', () => {
  const sentence =
    'rules.yaml:5:18 code "Success" is not on queue Support EU; add it to the queue in Genesys Cloud or remove the queue from the rule';
  expect(faults('{ queue: [Support, Support EU] } → Success')).toEqual([sentence]);
  const { faults: none, warnings } = checkRules(rulesOf('{ queue: Support* } → Success'), directory);
  expect(none).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/not on queue Support EU.*skipped$/)]);
});

describe('a rule that can never match because its conditions exclude each other', () => {
  test.each([
    [
      '{ cause: acw_timeout, current: none }',
      /:4:\d+ rule "a" can never match: a session with cause acw_timeout has no such code/,
    ],
    ['{ cause: digital_no_code, current: system }', /has no such code/],
    ['{ cause: unexplained, current: Technical }', /has no such code/],
    ['{ cause: digital_no_code, media: voice }', /does not occur in these media/],
    ['{ cause: callback_no_acw, media: [voice, email] }', /does not occur in these media/],
    ['{ cause: acw_optional, queue: Sales }', /wrap-up prompt never leads to acw_optional/],
    ['{ cause: acw_not_requested }', /wrap-up prompt never leads to acw_not_requested/],
    ['{ cause: digital_no_code, phase: afterCallWork }', /is not over yet/],
    ['{ age: { atLeast: 2h, atMost: 1h } }', /atLeast is longer than atMost/],
    ['{ survey: { promoterScore: { atLeast: 9, atMost: 6 } } }', /no answer fulfils/],
    ['{ survey: { promoterScore: { above: 6, below: 6 } } }', /no answer fulfils/],
    ['{ survey: { promoterScore: { equals: 6, not: 6 } } }', /no answer fulfils/],
    ['{ survey: { fields: { a: { is: x, not: [x, y] } } } }', /no answer fulfils/],
    ['{ attributes: { a: { is: x, exists: false } } }', /no value of a/],
  ])('%s', (when, sentence) => {
    expect(faults(when)).toEqual([expect.stringMatching(sentence)]);
  });
});

describe('a rule that an earlier one covers', () => {
  test.each([
    ['{}', '{ queue: Sales, media: voice }'],
    ['{ queue: Support* }', '{ queue: Support EU }'],
    ['{ queue: [q-sales, Support] }', '{ queue: Sales }'],
    ['{ queue: "*" }', '{ queue: S* }'],
    ['{ media: "*" }', '{ media: [voice, message] }'],
    ['{ cause: [acw_timeout, acw_skipped] }', '{ cause: acw_timeout, current: system }'],
    ['{ current: any }', '{}'],
    ['{ current: [none, system] }', '{}'],
    ['{ current: [system, Technical] }', '{ current: [ININ-WRAP-UP-TIMEOUT, c-technical] }'],
    ['{ age: { atLeast: 1h } }', '{ age: { atLeast: 2h, atMost: 3h } }'],
    ['{ survey: { promoterScore: { atMost: 6 } } }', '{ survey: { promoterScore: { below: 6 }, category: x } }'],
    ['{ survey: { promoterScore: { atMost: 6 } } }', '{ survey: { promoterScore: 3 } }'],
    ['{ survey: { fields: { a: { exists: true } } } }', '{ survey: { fields: { a: x, b: y } } }'],
    ['{ attributes: { a: { not: x } } }', '{ attributes: { a: [y, z] } }'],
    ['{ attributes: { a: { not: x } } }', '{ attributes: { a: { exists: false } } }'],
    ['{ attributes: { a: { not: x } } }', '{ attributes: { a: { not: [x, y] } } }'],
    ['{ attributes: { a: x* } }', '{ attributes: { a: [xy, xz] } }'],
  ])('%s before %s can never match', (earlier, later) => {
    expect(faults(earlier, later)).toEqual([
      expect.stringMatching(/^rules\.yaml:6:11 rule "b" can never match: rule "a" covers everything that it matches/),
    ]);
  });

  test.each([
    ['{ queue: Sales }', '{}'],
    ['{ queue: Sales }', '{ queue: [Sales, Support] }'],
    ['{}', '{ current: any }'],
    ['{}', '{ phase: afterCallWork }'],
    ['{ current: Technical }', '{ current: any }'],
    ['{ survey: { promoterScore: { atMost: 6 } } }', '{ survey: { promoterScore: { atMost: 7 } } }'],
    ['{ survey: { promoterScore: { atMost: 6 } } }', '{ survey: { source: tool, promoterScore: 3 } }'],
    ['{ survey: { promoterScore: { not: 6 } } }', '{ survey: { promoterScore: { atLeast: 6 } } }'],
    ['{ age: { atLeast: 1h } }', '{ age: { atMost: 2h } }'],
    ['{ attributes: { a: { not: x } } }', '{ attributes: { a: { exists: true } } }'],
    ['{ attributes: { a: { not: x } } }', '{ attributes: { a: "*" } }'],
    ['{ attributes: { a: { not: x } } }', '{ attributes: { a: x } }'],
  ])('%s before %s leaves it something', (earlier, later) => {
    expect(faults(earlier, later)).toEqual([]);
  });
});

test('the allow-list names queues and codes that exist', () => {
  const text =
    'version: 1\nwriteback: { queues: [Sales, Nowhere], codes: [Gone], writesPerRunMax: 5 }\nrules:\n  - { name: a, set: { code: General } }\n';
  expect(
    checkRules(parseRules(text, 'rules.yaml'), directory).faults.map(({ at, message }) => `${at} ${message}`),
  ).toEqual([
    expect.stringMatching(/^rules\.yaml:2:30 there is no queue "Nowhere"/),
    expect.stringMatching(/^rules\.yaml:2:48 there is no wrap-up code "Gone"/),
  ]);
});

test('without a directory nothing can be checked', () => {
  const empty = { ...directory, queues: [], codes: [] };
  expect(checkRules(rulesOf('{}'), empty).faults).toMatchObject([
    { message: expect.stringMatching(/run genesys-warehouse sync first/) },
  ]);
});
