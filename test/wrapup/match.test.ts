import { describe, expect, test } from 'vitest';
import type { AgentSession } from '../../src/model/agent-session.js';
import { active, answer, decision, rulesOf } from './support.js';

const isMatch = (when: string, of: Partial<AgentSession> = {}) => decision(rulesOf(when), of).kind === 'assign';

describe('a condition holds', () => {
  const system = { currentCode: 'ININ-WRAP-UP-TIMEOUT', cause: 'acw_timeout' };
  const coded = { currentCode: 'c-technical', cause: null };
  const cases: readonly (readonly [when: string, of: Partial<AgentSession>, isHeld: boolean])[] = [
    ['{}', {}, true],
    ['{ cause: digital_no_code }', {}, true],
    ['{ cause: [acw_timeout, digital_no_code] }', {}, true],
    ['{ cause: acw_timeout }', {}, false],
    ['{ queue: support }', {}, true],
    ['{ queue: q-support }', {}, true],
    ['{ queue: Supp* }', {}, true],
    ['{ queue: "*EU" }', {}, false],
    ['{ queue: Sales }', { queue: null }, false],
    ['{ queue: "*" }', { queue: null }, false],
    ['{ media: [voice, message] }', {}, true],
    ['{ media: voice }', {}, false],
    ['{ media: "*" }', { mediaType: null }, true],
    ['{ direction: outbound }', {}, false],
    ['{ agent: [Bob, ann] }', {}, true],
    ['{ agent: Bob }', { user: null }, false],
    ['{ team: North }', {}, true],
    ['{ division: Europe }', {}, false],
    [
      '{ division: Europe }',
      {
        divisions: [
          { id: 'd-home', name: 'Home' },
          { id: 'd-europe', name: 'Europe' },
        ],
      },
      true,
    ],
    ['{ skill: French }', {}, true],
    ['{ skill: French }', { skills: [] }, false],
    ['{ disconnect: [client, peer] }', {}, true],
    ['{ disconnect: client }', { disconnectType: null }, false],
    ['{ age: { atLeast: 1h } }', {}, true],
    ['{ age: { atLeast: 61m } }', {}, false],
    ['{ age: { atMost: 1h } }', {}, true],
    ['{ age: { atMost: 59m } }', {}, false],
    ['{}', system, true],
    ['{ current: none }', system, false],
    ['{ current: system }', system, true],
    ['{ current: ININ-WRAP-UP-TIMEOUT }', system, true],
    ['{ current: ININ-* }', system, true],
    ['{}', coded, false],
    ['{ current: any }', coded, true],
    ['{ current: technical }', coded, true],
    ['{ current: [none, Escalation] }', coded, false],
    ['{ current: unknown }', coded, false],
    ['{ current: unknown }', { currentCode: 'c-nobody-knows', cause: 'code_deleted' }, true],
    ['{}', { phase: 'contact', contactEndedAt: null }, false],
    ['{}', { phase: 'afterCallWork' }, false],
    ['{ phase: afterCallWork }', { phase: 'afterCallWork' }, true],
    ['{ phase: contact, age: { atLeast: 0s } }', { phase: 'contact', contactEndedAt: null }, false],
    ['{ attributes: { Tier: go* } }', {}, true],
    ['{ attributes: { Tier: [silver, none] } }', {}, false],
    ['{ attributes: { tier: gold } }', {}, false],
    ['{ attributes: { Tier: { not: silver } } }', {}, true],
    ['{ attributes: { other: { not: silver } } }', {}, true],
    ['{ attributes: { other: { exists: false } } }', {}, true],
    ['{ attributes: { empty: { exists: true } } }', {}, true],
    ['{ attributes: { Tier: gold, other: x } }', {}, false],
  ];

  test.each(cases)('%s for %j: %s', (when, of, isHeld) => {
    expect(isMatch(when, of)).toBe(isHeld);
  });
});

describe('a condition on a survey', () => {
  const held = (survey: string, ...answers: Parameters<typeof answer>[0][]) =>
    isMatch(`{ survey: ${survey} }`, { surveys: answers.map((each) => answer(each)) });

  test.each([
    ['{ promoterScore: { atMost: 6 } }', { promoterScore: 6 }, true],
    ['{ promoterScore: { below: 6 } }', { promoterScore: 6 }, false],
    ['{ promoterScore: { above: 5, not: 7 } }', { promoterScore: 7 }, false],
    ['{ promoterScore: { atLeast: 9 }, satisfaction: { atLeast: 4 } }', { promoterScore: 9, satisfaction: 3.5 }, false],
    ['{ promoterScore: 9 }', { promoterScore: 9 }, true],
    ['{ promoterScore: { atLeast: 0 } }', { satisfaction: 3 }, false],
    ['{ category: technical* }', { category: 'Technical issue' }, true],
    ['{ comment: { not: "*refund*" } }', { comment: 'I want a REFUND now' }, false],
    ['{ comment: { not: "*refund*" } }', {}, true],
    ['{ fields: { effort: { atMost: 2 } } }', { fields: { effort: '2' } }, true],
    ['{ fields: { effort: { atMost: 2 } } }', { fields: {} }, false],
    ['{ fields: { effort: { atMost: 2 } } }', { fields: { effort: 'low' } }, false],
    ['{ fields: { topic: billing } }', { fields: { topic: 'Billing' } }, true],
    ['{ source: genesys, totalScore: { above: 50 } }', { source: 'genesys', totalScore: 60 }, true],
    ['{ source: genesys }', { source: 'tool' }, false],
  ])('%s for %j: %s', (survey, given, isHeld) => {
    expect(held(survey, given)).toBe(isHeld);
  });

  test('does not hold without an answer', () => {
    expect(held('{ promoterScore: { atMost: 10 } }')).toBe(false);
  });

  test('looks at the latest answer of its source only', () => {
    expect(held('{ promoterScore: 3 }', { promoterScore: 9 }, { promoterScore: 3 })).toBe(false);
    expect(held('{ source: old, promoterScore: 3 }', { promoterScore: 9 }, { source: 'old', promoterScore: 3 })).toBe(
      true,
    );
  });

  test('passes over answers that are about another agent or queue', () => {
    const about = { promoterScore: 3, userId: 'u-bob' };
    expect(held('{ promoterScore: 3 }', about)).toBe(false);
    expect(held('{ promoterScore: 3 }', { ...about, userId: 'u-ann', queueId: 'q-support' })).toBe(true);
    expect(held('{ promoterScore: 3 }', { ...about, userId: null, queueId: 'q-sales' })).toBe(false);
  });
});

describe('a decision', () => {
  test('is that of the first rule that matches', () => {
    const rules = rulesOf('{ media: voice } → Success', '{ media: message } → Technical', '{} → General');
    expect(decision(rules)).toMatchObject({
      kind: 'assign',
      isNew: true,
      proposal: { rule: 'b', wrapupCode: 'c-technical' },
    });
  });

  test('goes no further where the code is not on the queue', () => {
    expect(decision(rulesOf('{} → Sales only', '{} → General'))).toMatchObject({ kind: 'not_offered' });
  });

  test('takes any code outside queues', () => {
    expect(decision(rulesOf('{} → Sales only'), { queue: null })).toMatchObject({ kind: 'assign' });
  });

  test('leaves alone an agent session that has the code already', () => {
    const of = { currentCode: 'c-general', cause: null };
    expect(decision(rulesOf('{ current: any }'), of)).toMatchObject({ kind: 'has_code' });
  });

  test('names its source, and the previous code', () => {
    const rules = rulesOf('{ survey: { promoterScore: { atMost: 6 } }, current: any } → Escalation');
    const of = { currentCode: 'c-technical', cause: null, surveys: [answer({ promoterScore: 2 })] };
    expect(decision(rules, of)).toMatchObject({
      proposal: {
        source: 'survey',
        wrapupName: 'Escalation',
        previousCode: 'c-technical',
        cause: null,
        sessionId: 'session',
      },
    });
    expect(decision(rulesOf('{}'))).toMatchObject({
      proposal: { source: 'rule', cause: 'digital_no_code', note: null },
    });
  });

  test('fills the note from the agent session and the answer, and leaves empty what is not known', () => {
    const set =
      'General, note: "{rule} {queue} {agent} {promoterScore}|{attribute.Tier}|{field.effort}|{attribute.none}|{comment}"';
    const of = { surveys: [answer({ promoterScore: 3, fields: { effort: 'high' } })] };
    expect(decision(rulesOf(`{ survey: { promoterScore: 3 } } → ${set}`), of)).toMatchObject({
      proposal: { note: 'a Support Ann 3|gold|high||' },
    });
  });
});

describe('with an active assignment', () => {
  const rules = rulesOf('{ cause: digital_no_code }');
  const version = rules.rules[0]?.version ?? '';

  test('the same decision of the same version is not new', () => {
    expect(decision(rules, { active: active({ ruleVersion: version }) })).toMatchObject({ isNew: false });
    expect(decision(rules, { active: active({ ruleVersion: 'earlier' }) })).toMatchObject({ isNew: true });
  });

  test('a code that we wrote ourselves counts as none: the agent session is evaluated as before', () => {
    const written = active({ ruleVersion: version, state: 'verified' });
    const of = { currentCode: 'c-general', cause: null, active: written };
    expect(decision(rules, of)).toMatchObject({ kind: 'assign', isNew: false });
    const changed = rulesOf('{ cause: digital_no_code } → Technical');
    expect(decision(changed, of)).toMatchObject({
      isNew: true,
      proposal: { wrapupCode: 'c-technical', previousCode: 'c-general' },
    });
  });

  test('a code that an agent set since is not ours', () => {
    const of = {
      currentCode: 'c-technical',
      cause: null,
      active: active({ ruleVersion: version, state: 'verified' }),
    };
    expect(decision(rules, of)).toMatchObject({ kind: 'none' });
  });

  test('a changed rule that no longer matches withdraws what it did, but not what Genesys has', () => {
    const changed = rulesOf('{ cause: acw_timeout }');
    expect(decision(changed, { active: active() })).toMatchObject({ kind: 'withdrawn' });
    const verified = { currentCode: 'c-general', cause: null, active: active({ state: 'verified' }) };
    expect(decision(changed, verified)).toMatchObject({ kind: 'none' });
  });

  test('a rule that is no longer in the file leaves what it did to be revoked by a person', () => {
    expect(decision(rulesOf('{ cause: acw_timeout }'), { active: active({ rule: 'gone' }) })).toMatchObject({
      kind: 'none',
    });
  });
});
