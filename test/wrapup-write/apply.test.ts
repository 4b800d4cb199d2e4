import { describe, expect, test } from 'vitest';
import type { FaultSettings } from '../../src/sandbox/index.js';
import {
  apply,
  codeInGenesys,
  codesOf,
  handlingsIn,
  openBench,
  openWriter,
  partsOf,
  proposalOf,
  propose,
  rowsOf,
  uncoded,
  writesSeen,
} from './support.js';

const minuteMs = 60_000;

test('a proposed code is sent once, read back, and then verified', async () => {
  const bench = await openBench();
  const candidates = uncoded(bench.sandbox, 5);
  await propose(
    bench,
    candidates.map((candidate) => proposalOf(bench.sandbox, candidate, { note: 'set by rule' })),
  );
  expect(await apply(bench)).toMatchObject({ written: 5, verified: 5, rejected: 0, conflicted: 0, accepted: 0 });
  expect(new Set((await rowsOf(bench.pool)).map(({ state, reason }) => `${state}: ${reason}`))).toEqual(
    new Set(['verified: Genesys has the code.']),
  );
  expect([...writesSeen(bench.sandbox).values()]).toEqual([1, 1, 1, 1, 1]);
  const writes = bench.sandbox.requests().filter(({ operation }) => operation === 'wrapup write');
  expect(writes.every(({ body }) => body?.notes === 'set by rule')).toBe(true);
  const api = openWriter(bench.sandbox);
  for (const candidate of candidates)
    expect(await codeInGenesys(api, candidate)).toBe(codesOf(bench.sandbox, candidate)[0]);
  expect(await apply(bench)).toMatchObject({ written: 0, verified: 0 });
});

test('no more codes are sent than a run may send, and the next run sends the rest', async () => {
  const bench = await openBench();
  await propose(
    bench,
    uncoded(bench.sandbox, 7).map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  expect((await apply(bench, { writesMax: 3 })).written).toBe(3);
  expect(writesSeen(bench.sandbox).size).toBe(3);
  expect((await apply(bench, { writesMax: 100 })).written).toBe(4);
});

test('calls that are refused count against what a run may send', async () => {
  const bench = await openBench({ lateWrapups: 'refused' });
  await propose(
    bench,
    uncoded(bench.sandbox, 7).map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  expect(await apply(bench, { writesMax: 3 })).toMatchObject({ written: 0, rejected: 3 });
  expect(writesSeen(bench.sandbox).size).toBe(3);
});

test('queues and codes that are not allowed are left alone', async () => {
  const bench = await openBench();
  const candidates = uncoded(bench.sandbox, 12);
  await propose(
    bench,
    candidates.map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  const queueId = candidates[0]?.queueId ?? '';
  const allowed = candidates.filter((candidate) => candidate.queueId === queueId).length;
  expect((await apply(bench, { wrapupCodes: [] })).written).toBe(0);
  expect((await apply(bench, { queueIds: [queueId] })).written).toBe(allowed);
});

test('while after-call work is open the code is taken, and after the conversation no more', async () => {
  const bench = await openBench({ lateWrapups: 'refused', agents: 150, conversationsPerDay: 4_000 });
  const open = uncoded(bench.sandbox, 1, false).filter(({ session }) => {
    const last = (session.segments as { segmentType: string; segmentEnd?: string }[]).at(-1);
    return last?.segmentType === 'wrapup' && last.segmentEnd === undefined;
  });
  const ended = uncoded(bench.sandbox, 2);
  await propose(
    bench,
    [...open, ...ended].map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  expect(open.length).toBeGreaterThan(0);
  expect(await apply(bench)).toMatchObject({ verified: open.length, rejected: 2 });
});

test('a code that the agent saves after ours is theirs to decide', async () => {
  const bench = await openBench({
    lateWrapups: 'refused',
    agents: 150,
    conversationsPerDay: 4_000,
    faults: { slowWrapups: { rate: 1, lagSeconds: 1 } },
  });
  const hourLater = bench.now().getTime() + 60 * minuteMs;
  const chosenLater = uncoded(bench.sandbox, 1, false).filter((candidate) => {
    const { conversationId } = candidate.conversation;
    const later = bench.sandbox.world.conversationById(String(conversationId))?.render(hourLater, false);
    const { code } =
      handlingsIn(later ?? {}).find(({ session }) => session.sessionId === candidate.session.sessionId) ?? {};
    return code !== undefined && !code.startsWith('ININ-') && code !== codesOf(bench.sandbox, candidate)[0];
  });
  expect(chosenLater.length).toBeGreaterThan(0);
  await propose(
    bench,
    chosenLater.map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  expect(await apply(bench)).toMatchObject({ accepted: chosenLater.length });
  bench.sandbox.advance(60 * minuteMs);
  await apply(bench);
  expect(new Set((await rowsOf(bench.pool)).map(({ state }) => state))).toEqual(new Set(['conflicted']));
});

describe('a code that somebody else set', () => {
  test('since the rule decided stays, and the assignment is conflicted', async () => {
    const bench = await openBench();
    const [candidate] = uncoded(bench.sandbox, 1);
    if (!candidate) throw new Error('no agent session');
    await propose(bench, [proposalOf(bench.sandbox, candidate)]);
    const other = codesOf(bench.sandbox, candidate)[1] ?? '';
    const conversationId = String(candidate.conversation.conversationId);
    bench.sandbox.enterWrapup({ conversationId, communicationId: String(candidate.session.sessionId), code: other });
    expect(await apply(bench)).toMatchObject({ written: 0, conflicted: 1 });
    expect(writesSeen(bench.sandbox).size).toBe(0);
    expect(await codeInGenesys(openWriter(bench.sandbox), candidate)).toBe(other);
    expect(await rowsOf(bench.pool)).toMatchObject([{ state: 'conflicted', error_code: 'code.set.meanwhile' }]);
  });

  test('at the very moment of the write is a 409, and conflicted when it is read again', async () => {
    const bench = await openBench({ faults: { racingAgents: { rate: 1, times: 1 } } });
    const [candidate] = uncoded(bench.sandbox, 1);
    if (!candidate) throw new Error('no agent session');
    await propose(bench, [proposalOf(bench.sandbox, candidate)]);
    expect(await apply(bench)).toMatchObject({ postponed: 1, written: 0 });
    expect(await rowsOf(bench.pool)).toMatchObject([{ state: 'proposed', error_code: 'conflict' }]);
    bench.sandbox.advance(5 * minuteMs);
    expect(await apply(bench)).toMatchObject({ conflicted: 1 });
    expect([...writesSeen(bench.sandbox).values()]).toEqual([1]);
    expect(await codeInGenesys(openWriter(bench.sandbox), candidate)).not.toBe(codesOf(bench.sandbox, candidate)[0]);
  });

  test('that equals the rule verifies it without a call', async () => {
    const bench = await openBench();
    const [candidate] = uncoded(bench.sandbox, 1);
    if (!candidate) throw new Error('no agent session');
    await propose(bench, [proposalOf(bench.sandbox, candidate)]);
    const conversationId = String(candidate.conversation.conversationId);
    const code = codesOf(bench.sandbox, candidate)[0] ?? '';
    bench.sandbox.enterWrapup({ conversationId, communicationId: String(candidate.session.sessionId), code });
    expect(await apply(bench)).toMatchObject({ written: 0, verified: 1 });
    expect(writesSeen(bench.sandbox).size).toBe(0);
  });

  test('before the rule decided is replaced', async () => {
    const bench = await openBench();
    const [candidate] = uncoded(bench.sandbox, 1);
    if (!candidate) throw new Error('no agent session');
    const [code = '', before = ''] = codesOf(bench.sandbox, candidate);
    const conversationId = String(candidate.conversation.conversationId);
    bench.sandbox.enterWrapup({ conversationId, communicationId: String(candidate.session.sessionId), code: before });
    await propose(bench, [proposalOf(bench.sandbox, candidate, { previousCode: before })]);
    expect(await apply(bench)).toMatchObject({ written: 1, verified: 1 });
    expect(await codeInGenesys(openWriter(bench.sandbox), candidate)).toBe(code);
  });
});

describe('an answer that is lost', () => {
  test('after the effect is found by reading back; nothing is sent again', async () => {
    const bench = await openBench({ faults: { lostAnswers: { rate: 1, times: 1, path: '/wrapup' } } });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    expect(await apply(bench)).toMatchObject({ written: 1, verified: 1 });
    expect([...writesSeen(bench.sandbox).values()]).toEqual([1]);
  });

  test.each<[string, FaultSettings]>([
    ['a connection cut', { reset: { rate: 1, times: 1, path: '/communications/' } }],
    ['a server error', { http5xx: { rate: 1, times: 1, path: '/communications/' } }],
    ['a page of a gateway', { http5xx: { rate: 1, times: 1, path: '/communications/', body: 'html' } }],
  ])('before the effect, by %s, is sent again after another look', async (_what, faults) => {
    const bench = await openBench({ faults });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    expect(await apply(bench)).toMatchObject({ written: 1, postponed: 1, verified: 0 });
    expect(await rowsOf(bench.pool)).toMatchObject([{ state: 'proposed', error_code: 'answer.lost' }]);
    expect(await apply(bench)).toMatchObject({ written: 0 });
    bench.sandbox.advance(3 * minuteMs);
    expect(await apply(bench)).toMatchObject({ written: 1, verified: 1 });
    expect([...writesSeen(bench.sandbox).values()]).toEqual([2]);
  });

  test('again and again ends as rejected', async () => {
    const bench = await openBench({ faults: { http5xx: { rate: 1, path: '/wrapup' } } });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    // Reading back fails too, so a run ends; the next finds an answer that is not known.
    const failing = await apply(bench);
    expect(failing.stopped).toMatchObject({ isFailure: true });
    expect(await rowsOf(bench.pool)).toMatchObject([{ state: 'sent', correlation_id: null, claimed_until: null }]);
    for (let round = 0; round < 12; round += 1) {
      bench.sandbox.advance(3 * minuteMs);
      await apply(bench);
    }
    expect(await rowsOf(bench.pool)).toMatchObject([{ state: 'rejected', error_code: 'answer.lost' }]);
    expect([...writesSeen(bench.sandbox).values()]).toEqual([5]);
  });
});

describe('202 is not yet applied', () => {
  test('a code that shows later is verified by a later run', async () => {
    const bench = await openBench({ faults: { slowWrapups: { rate: 1, lagSeconds: 300 } } });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    expect(await apply(bench)).toMatchObject({ written: 1, accepted: 1, verified: 0 });
    expect(await apply(bench)).toMatchObject({ written: 0, accepted: 1 });
    bench.sandbox.advance(6 * minuteMs);
    expect(await apply(bench)).toMatchObject({ written: 0, verified: 1 });
    expect([...writesSeen(bench.sandbox).values()]).toEqual([1]);
  });

  test('a code that never shows is rejected after an hour, without another call', async () => {
    const bench = await openBench({ faults: { lostWrapups: 1 } });
    await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
    expect(await apply(bench)).toMatchObject({ written: 1, accepted: 1 });
    bench.sandbox.advance(61 * minuteMs);
    expect(await apply(bench)).toMatchObject({ written: 0, rejected: 1 });
    expect(await rowsOf(bench.pool)).toMatchObject([
      {
        state: 'rejected',
        error_code: 'never.applied',
        reason: 'Genesys accepted the code (202) but never applied it; reports use the code of the rule.',
      },
    ]);
    expect([...writesSeen(bench.sandbox).values()]).toEqual([1]);
  });
});

describe('two workers', () => {
  test('at once send each code exactly once', async () => {
    const bench = await openBench();
    const candidates = uncoded(bench.sandbox, 50);
    await propose(
      bench,
      candidates.map((candidate) => proposalOf(bench.sandbox, candidate)),
    );
    const runs = await Promise.all([1, 2, 3].map(() => apply(bench, {}, partsOf(bench, openWriter(bench.sandbox)))));
    expect(runs.map(({ written }) => written).reduce((a, b) => a + b, 0)).toBe(50);
    expect(Math.min(...runs.map(({ written }) => written))).toBeGreaterThan(0);
    expect([...writesSeen(bench.sandbox).values()]).toEqual(Array(50).fill(1));
  });
});
