import type { ActiveAssignment, AgentSession, Directory, SurveyAnswer } from '../../src/model/agent-session.js';
import { compileRules } from '../../src/wrapup/rules/compile.js';
import { type Decision, decide, rulingOf } from '../../src/wrapup/rules/match.js';
import { parseRules, type Rules } from '../../src/wrapup/rules/rules.js';

export const now = new Date('2026-03-02T12:00:00Z');

const queue = (name: string, wrapupPrompt: string, ...codes: string[]) => ({
  id: `q-${name.toLowerCase()}`,
  name,
  isDeleted: false,
  wrapupPrompt,
  wrapupCodes: new Set(codes),
});

export const directory: Directory = {
  queues: [
    queue('Sales', 'MANDATORY', 'c-general', 'c-success', 'c-sales-only'),
    queue('Support', 'OPTIONAL', 'c-general', 'c-success', 'c-escalation', 'c-technical'),
    queue('Support EU', 'MANDATORY', 'c-general', 'c-escalation', 'c-technical'),
  ],
  codes: [
    { id: 'c-general', name: 'General', isDeleted: false },
    { id: 'c-success', name: 'Success', isDeleted: false },
    { id: 'c-escalation', name: 'Escalation', isDeleted: false },
    { id: 'c-technical', name: 'Technical', isDeleted: false },
    { id: 'c-sales-only', name: 'Sales only', isDeleted: false },
    { id: 'c-gone', name: 'Gone', isDeleted: true },
  ],
  users: [
    { id: 'u-ann', name: 'Ann' },
    { id: 'u-bob', name: 'Bob' },
  ],
  teams: [{ id: 't-north', name: 'North' }],
  divisions: [
    { id: 'd-home', name: 'Home' },
    { id: 'd-europe', name: 'Europe' },
  ],
  skills: [{ id: 's-french', name: 'French' }],
};

export function session(more: Partial<AgentSession> = {}): AgentSession {
  return {
    conversationId: 'conversation',
    conversationStart: new Date('2026-03-02T10:00:00Z'),
    participantNo: 3,
    sessionNo: 1,
    participantId: 'participant',
    sessionId: 'session',
    startedAt: new Date('2026-03-02T10:01:00Z'),
    contactEndedAt: new Date('2026-03-02T11:00:00Z'),
    phase: 'ended',
    queue: { id: 'q-support', name: 'Support' },
    user: { id: 'u-ann', name: 'Ann' },
    team: { id: 't-north', name: 'North' },
    divisions: [{ id: 'd-home', name: 'Home' }],
    skills: [{ id: 's-french', name: 'French' }],
    mediaType: 'message',
    direction: 'inbound',
    disconnectType: 'peer',
    cause: 'digital_no_code',
    currentCode: null,
    attributes: { Tier: 'gold', empty: '' },
    surveys: [],
    active: null,
    ...more,
  };
}

export function answer(more: Partial<SurveyAnswer> = {}): SurveyAnswer {
  return {
    source: 'tool',
    surveyId: 'answer',
    answeredAt: now,
    queueId: null,
    userId: null,
    promoterScore: null,
    satisfaction: null,
    totalScore: null,
    category: null,
    comment: null,
    form: null,
    fields: {},
    ...more,
  };
}

export function active(more: Partial<ActiveAssignment> = {}): ActiveAssignment {
  return {
    assignmentId: '1',
    rule: 'a',
    ruleVersion: 'earlier',
    wrapupCode: 'c-general',
    state: 'proposed',
    source: 'rule',
    cause: 'digital_no_code',
    previousCode: null,
    ...more,
  };
}

/** Rules of which each `when` sets code General, or what follows `→`. */
export function rulesOf(...whens: string[]): Rules {
  const names = 'abcdefgh'.split('');
  const lines = whens.flatMap((text, index) => {
    const [when = '{}', code = 'General'] = text.split('→');
    return [`  - name: ${names[index]}`, `    when: ${when.trim()}`, `    set: { code: ${code.trim()} }`];
  });
  return parseRules(['version: 1', 'rules:', ...lines].join('\n'), 'rules.yaml');
}

export function decision(rules: Rules, of: Partial<AgentSession> = {}): Decision {
  return decide(rulingOf(compileRules(rules.rules, directory), directory), session(of), now);
}
