import { describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/index.js';
import { apply, openBench, openWriter, partsOf, proposalOf, propose, rowsOf, uncoded, writesSeen } from './support.js';

const permission = 'conversation:participant:wrapup';

describe('a refusal ends the assignment as rejected, with a sentence', () => {
  test.each<[string, SandboxOptions, object, string, RegExp]>([
    [
      'not.a.user',
      { wrapupWriters: 'users' },
      {},
      'not.a.user',
      /^Genesys takes this code only from a user who is logged in.*wrapup login/,
    ],
    [
      'no active conversation',
      { lateWrapups: 'refused' },
      {},
      'conversation.error.participant.no.active.conversations',
      /^The conversation is over for this agent, and Genesys sets no code after that; reports use the code of the rule\.$/,
    ],
    [
      '403, naming the permission',
      { faults: { missingPermissions: [permission] } },
      {},
      'missing.any.permissions',
      /^The write credentials lack the permission conversation:participant:wrapup; add it to a role/,
    ],
    [
      '403 for the conversation, naming that permission',
      { faults: { missingPermissions: ['conversation:communication:view'] } },
      {},
      'missing.any.permissions',
      /^The write credentials lack the permission conversation:communication:view;/,
    ],
    [
      '404 for the conversation',
      {},
      { conversationId: '00000000-0000-4000-8000-000000000000' },
      'conversation.error.conversation.not.found',
      /^Genesys no longer has the conversation/,
    ],
    [
      'a code that Genesys does not know',
      {},
      { wrapupCode: '00000000-0000-4000-8000-00000000abcd', wrapupName: 'Gone' },
      'invalid.value',
      /^Genesys does not accept the code Gone: .*wrapup ensure-codes/,
    ],
    [
      'a communication that is not there',
      {},
      { sessionId: '00000000-0000-4000-8000-000000000001' },
      'communication.missing',
      /^The agent's communication is no longer part of the conversation/,
    ],
    [
      'a participant that is not there',
      {},
      { participantId: '00000000-0000-4000-8000-000000000001', sessionId: '00000000-0000-4000-8000-000000000001' },
      'participant.missing',
      /^The agent is no longer a participant of the conversation/,
    ],
    [
      'a medium without a way to write',
      {},
      { mediaType: 'chat' },
      'medium.missing',
      /^Genesys has no way to set a code/,
    ],
  ])('%s', async (_what, options, more, code, sentence) => {
    const bench = await openBench(options);
    const proposal = proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never, more);
    await propose(bench, [proposal]);
    const allowed = { wrapupCodes: [proposal.wrapupCode] };
    expect(await apply(bench, allowed)).toMatchObject({ written: 0, rejected: 1 });
    const [row] = await rowsOf(bench.pool);
    expect(row).toMatchObject({ state: 'rejected', error_code: code, claimed_until: null });
    expect(row?.reason).toMatch(sentence);
    if (!code.endsWith('.missing')) expect(row?.correlation_id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test('409 again and again ends as rejected', async () => {
  const bench = await openBench();
  const candidate = uncoded(bench.sandbox, 1)[0];
  if (!candidate) throw new Error('no agent session');
  await propose(bench, [proposalOf(bench.sandbox, candidate)]);
  const writer = openWriter(bench.sandbox);
  // The code that the agent sets at that moment is taken back, so that each round meets the conflict again.
  for (let round = 1; round <= 5; round += 1) {
    bench.sandbox.reset();
    bench.sandbox.setFaults({ racingAgents: 1 });
    await apply(bench, {}, partsOf(bench, writer));
    bench.sandbox.advance(3 * 60_000);
  }
  expect(await rowsOf(bench.pool)).toMatchObject([
    {
      state: 'rejected',
      error_code: 'conflict',
      reason: 'Somebody else changed the conversation at the same moment, repeatedly; nothing was written.',
    },
  ]);
});

describe('429', () => {
  test('is waited out, and nothing is sent twice', async () => {
    const bench = await openBench({
      faults: { http429: { rate: 1, times: 1, retryAfterSeconds: 1, path: '/wrapup' } },
    });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    expect(await apply(bench)).toMatchObject({ written: 1, verified: 1 });
    const statuses = bench.sandbox.requests().filter(({ operation }) => operation === 'wrapup write');
    expect(statuses.map(({ status }) => status)).toEqual([429, 202]);
  });

  test('for longer than the run may wait leaves the assignment proposed, with the time', async () => {
    const bench = await openBench({ faults: { http429: { rate: 1, retryAfterSeconds: 3_600, path: '/wrapup' } } });
    await propose(
      bench,
      uncoded(bench.sandbox, 3).map((candidate) => proposalOf(bench.sandbox, candidate)),
    );
    const summary = await apply(bench, { concurrency: 1 });
    expect(summary).toMatchObject({ written: 0, stopped: { isFailure: false } });
    const [first, ...others] = await rowsOf(bench.pool);
    expect(first).toMatchObject({ state: 'proposed', reason: 'Genesys asked to wait before further writes.' });
    expect(first?.retry_at?.getTime()).toBeGreaterThan(bench.now().getTime() + 59 * 60_000);
    expect(others.map(({ state, claimed_until }) => [state, claimed_until])).toEqual([
      ['proposed', null],
      ['proposed', null],
    ]);
  });
});

test('credentials that are refused stop the run after a few, and the rest waits', async () => {
  const bench = await openBench({ wrapupWriters: 'users' });
  await propose(
    bench,
    uncoded(bench.sandbox, 40).map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  const summary = await apply(bench);
  expect(summary.stopped).toMatchObject({ isFailure: true });
  expect(summary.rejected).toBeLessThan(10);
  expect(writesSeen(bench.sandbox).size).toBeLessThan(10);
  const states = (await rowsOf(bench.pool)).map(({ state }) => state);
  expect(states.filter((state) => state === 'proposed').length).toBeGreaterThan(30);
});

describe('a token', () => {
  test('that is revoked is renewed, and nothing is lost', async () => {
    const bench = await openBench();
    const writer = openWriter(bench.sandbox);
    await propose(
      bench,
      uncoded(bench.sandbox, 6).map((candidate) => proposalOf(bench.sandbox, candidate)),
    );
    await apply(bench, { writesMax: 2 }, partsOf(bench, writer));
    bench.sandbox.revokeTokens();
    expect((await apply(bench, {}, partsOf(bench, writer))).written).toBe(4);
    expect([...writesSeen(bench.sandbox).values()].every((count) => count <= 2)).toBe(true);
    expect((await rowsOf(bench.pool)).every(({ state }) => state === 'verified')).toBe(true);
  });

  test('that is revoked between the look and the write is renewed too', async () => {
    const bench = await openBench({ faults: { expireTokens: { rate: 1, times: 1, path: '/wrapup' } } });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    expect(await apply(bench)).toMatchObject({ written: 1, verified: 1 });
    const statuses = bench.sandbox.requests().filter(({ operation }) => operation === 'wrapup write');
    expect(statuses.map(({ status }) => status)).toEqual([401, 202]);
  });

  test('that cannot be renewed ends the run; what was not sent stays proposed', async () => {
    const bench = await openBench();
    await propose(
      bench,
      uncoded(bench.sandbox, 3).map((candidate) => proposalOf(bench.sandbox, candidate)),
    );
    const writer = openWriter(bench.sandbox);
    await writer.conversation(String(uncoded(bench.sandbox, 1)[0]?.conversation.conversationId));
    bench.sandbox.setFaults({ expireTokens: { rate: 1, path: '/wrapup' }, revokedCredentials: 1 });
    const summary = await apply(bench, { concurrency: 1 }, partsOf(bench, writer));
    expect(summary.stopped?.isFailure).toBe(true);
    expect(summary.stopped?.reason).toContain('GENESYS_WAREHOUSE_WRITE_CLIENT_ID');
    expect((await rowsOf(bench.pool)).map(({ state }) => state)).toEqual(['proposed', 'proposed', 'proposed']);
    bench.sandbox.setFaults({});
    expect((await apply(bench, {}, partsOf(bench, writer))).verified).toBe(3);
  });
});
