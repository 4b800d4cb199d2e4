import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { assignmentStates, canTransition, type Proposal } from '../../src/model/assignment.js';
import {
  claimAssignments,
  insertProposals,
  leaseMs,
  listAssignments,
  transition,
} from '../../src/postgres/wrapup/assignments.js';
import { id, type Marts, openMarts } from '../marts/support.js';

let marts: Marts;
const now = new Date('2026-03-02T12:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const actor = 'test';

beforeAll(async () => {
  marts = await openMarts();
});
beforeEach(() => marts.rows('truncate wrapup.assignments restart identity'));
afterAll(() => marts?.close());

function proposal(number: number, more: Partial<Proposal> = {}): Proposal {
  return {
    conversationStart: now,
    conversationId: id(number),
    participantNo: 2,
    sessionNo: 1,
    startedAt: now,
    participantId: id(800 + number),
    sessionId: id(700 + number),
    queueId: id(1),
    userId: id(50),
    mediaType: 'message',
    rule: 'no answer needed',
    ruleVersion: 'v1',
    source: 'rule',
    wrapupCode: id(31),
    wrapupName: 'No answer needed',
    note: null,
    cause: 'digital_no_code',
    previousCode: null,
    ...more,
  };
}

const propose = (...proposals: Proposal[]) => insertProposals(marts.pool, proposals, { now, actor });
const list = (filter = {}) => listAssignments(marts.pool, filter);
const step = (assignmentId: string, to: (typeof assignmentStates)[number], more = {}) =>
  transition(marts.pool, assignmentId, to, { now, actor, ...more });

test('the same decision made again changes nothing', async () => {
  expect(await propose(proposal(1), proposal(2))).toEqual({ proposed: 2, superseded: 0, unchanged: 0 });
  expect(await propose(proposal(1), proposal(2))).toEqual({ proposed: 0, superseded: 0, unchanged: 2 });
  expect(await list()).toMatchObject([
    { ...proposal(1), assignmentId: '1', state: 'proposed', actor, attempts: 0, proposedAt: now },
    { ...proposal(2), state: 'proposed' },
  ]);
});

test('another version of a rule supersedes what the earlier one decided', async () => {
  await propose(proposal(1));
  expect(await propose(proposal(1, { ruleVersion: 'v2' }))).toEqual({ proposed: 1, superseded: 1, unchanged: 0 });
  expect(await list()).toMatchObject([
    { ruleVersion: 'v1', state: 'superseded', settledAt: now, reason: expect.stringMatching(/decided again/) },
    { ruleVersion: 'v2', state: 'proposed' },
  ]);
  // Back to the first text: a decision like any other.
  expect(await propose(proposal(1))).toMatchObject({ proposed: 1, superseded: 1 });
});

test.each(['conflicted', 'revoked'] as const)('a decision that ended %s is not made again', async (state) => {
  await propose(proposal(1));
  expect(await step('1', state)).toBe(true);
  expect(await propose(proposal(1))).toEqual({ proposed: 0, superseded: 0, unchanged: 1 });
  expect(await propose(proposal(1, { ruleVersion: 'v2' }))).toMatchObject({ proposed: 1, superseded: 0 });
});

test('two processes that decide at once leave one active decision per agent session', async () => {
  const many = Array.from({ length: 200 }, (_, number) => proposal(number));
  await Promise.all([propose(...many), propose(...many), propose(...many.map((each) => ({ ...each, note: 'again' })))]);
  expect(await list()).toHaveLength(200);
});

test('processes that decide again in any order do not deadlock', async () => {
  const many = Array.from({ length: 300 }, (_, number) => proposal(number));
  await propose(...many);
  const versions = ['v2', 'v3', 'v4', 'v5', 'v6', 'v7'];
  const rounds = versions.map((ruleVersion, index) => {
    const decisions = many.map((each) => ({ ...each, ruleVersion }));
    return propose(...(index % 2 === 0 ? decisions : decisions.toReversed()));
  });
  await Promise.all(rounds);
  const kept = await list({ states: ['proposed'] });
  expect(kept).toHaveLength(300);
});

test('two workers never take the same assignment, and take each again only when the lease is over', async () => {
  await propose(...Array.from({ length: 100 }, (_, number) => proposal(number)));
  const claims = await Promise.all(
    Array.from({ length: 6 }, () => claimAssignments(marts.pool, { state: 'proposed', now, limit: 20 })),
  );
  const ids = claims.flat().map((each) => each.assignmentId);
  expect(new Set(ids).size).toBe(ids.length);
  const rest = await claimAssignments(marts.pool, { state: 'proposed', now, limit: 1_000 });
  expect(ids.length + rest.length).toBe(100);
  expect(await claimAssignments(marts.pool, { state: 'proposed', now: later(leaseMs - 1), limit: 1_000 })).toEqual([]);
  const again = await claimAssignments(marts.pool, { state: 'proposed', now: later(leaseMs), limit: 1_000 });
  expect(again).toHaveLength(100);
  expect(again[0]).toMatchObject({ attempts: 2 });
});

test('a claim keeps to the allowed queues and codes, and leaves alone what is to wait', async () => {
  await propose(proposal(1), proposal(2, { queueId: id(2) }), proposal(3, { wrapupCode: id(32) }), proposal(4));
  await step('4', 'sent');
  await step('4', 'proposed', { retryAt: later(1_000) });
  const claimed = await claimAssignments(marts.pool, {
    state: 'proposed',
    now,
    limit: 10,
    queueIds: [id(1)],
    wrapupCodes: [id(31)],
  });
  expect(claimed.map((each) => each.assignmentId)).toEqual(['1']);
  const waited = await claimAssignments(marts.pool, {
    state: 'proposed',
    now: later(1_000),
    limit: 10,
    conversationIds: [id(4)],
  });
  expect(waited.map((each) => each.assignmentId)).toEqual(['4']);
});

test('a state is followed only by those that may follow it', async () => {
  for (const from of assignmentStates) {
    for (const to of assignmentStates) {
      await marts.rows('truncate wrapup.assignments restart identity');
      await propose(proposal(1));
      await marts.rows('update wrapup.assignments set state = $1', [from]);
      expect([from, to, await step('1', to)]).toEqual([from, to, canTransition(from, to)]);
    }
  }
});

test('a row that was revoked while a worker had claimed it can no longer be sent', async () => {
  await propose(proposal(1));
  const [claimed] = await claimAssignments(marts.pool, { state: 'proposed', now, limit: 1 });
  await step('1', 'revoked', { reason: 'Undone.' });
  expect(await step(claimed?.assignmentId ?? '', 'sent')).toBe(false);
  expect(await list({ states: ['revoked'] })).toMatchObject([{ reason: 'Undone.', settledAt: now, sentAt: null }]);
});

test('each step leaves its time, actor, sentence and numbers', async () => {
  await propose(proposal(1));
  await step('1', 'sent', { correlationId: 'c-1' });
  expect(await list()).toMatchObject([{ state: 'sent', sentAt: now, settledAt: null, correlationId: 'c-1' }]);
  await step('1', 'rejected', { reason: 'The conversation has ended.', errorCode: 'no.active', now: later(5) });
  expect(await list()).toMatchObject([
    { state: 'rejected', settledAt: later(5), errorCode: 'no.active', correlationId: 'c-1', attempts: 0 },
  ]);
});
