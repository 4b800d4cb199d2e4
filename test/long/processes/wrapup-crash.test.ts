import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  apply,
  type Bench,
  everything,
  openBench,
  proposalOf,
  propose,
  rowsOf,
  uncoded,
  writesSeen,
} from '../../wrapup-write/support.js';

const script = fileURLToPath(new URL('./apply-and-die.mjs', import.meta.url));
/** Longer than a claim, after which a dead process' rows are free. */
const afterClaimMs = 11 * 60_000;

async function applyAndDie(bench: Bench, step: string, when: 'before' | 'after'): Promise<NodeJS.Signals | null> {
  const { sandbox, databaseUrl } = bench;
  const options = { ...(await everything(bench)), writesMax: 100, concurrency: 1 };
  const { id: clientId, secret: clientSecret } = sandbox.writeClient;
  const settings = { url: sandbox.url, databaseUrl, now: sandbox.now(), clientId, clientSecret, step, when, options };
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => child.on('close', (_status, signal) => resolve(signal)));
}

test.each([
  ['before', 'claimProposed'],
  ['after', 'claimProposed'],
  ['before', 'conversation'],
  ['after', 'conversation'],
  ['before', 'beginSending'],
  ['after', 'beginSending'],
  ['before', 'setWrapup'],
  ['after', 'setWrapup'],
  ['before', 'markAccepted'],
  ['after', 'markAccepted'],
  ['before', 'wrapup'],
  ['after', 'wrapup'],
  ['before', 'settle'],
  ['after', 'settle'],
  ['before', 'release'],
  ['after', 'release'],
] as const)('killed %s %s, every code is sent exactly once and verified in the end', async (when, step) => {
  const bench = await openBench();
  await propose(
    bench,
    uncoded(bench.sandbox, 3).map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  expect(await applyAndDie(bench, step, when)).toBe('SIGKILL');
  // What the dead process holds is not taken from it before its claim ends.
  bench.sandbox.advance(afterClaimMs);
  for (let run = 0; run < 3; run += 1) {
    expect((await apply(bench)).stopped).toBeUndefined();
    bench.sandbox.advance(afterClaimMs);
  }
  expect((await rowsOf(bench.pool)).map(({ state }) => state)).toEqual(['verified', 'verified', 'verified']);
  expect([...writesSeen(bench.sandbox).values()]).toEqual([1, 1, 1]);
});

test('two processes at once send each code exactly once', async () => {
  const bench = await openBench();
  await propose(
    bench,
    uncoded(bench.sandbox, 50).map((candidate) => proposalOf(bench.sandbox, candidate)),
  );
  expect(await Promise.all([applyAndDie(bench, 'none', 'before'), applyAndDie(bench, 'none', 'before')])).toEqual([
    null,
    null,
  ]);
  expect([...writesSeen(bench.sandbox).values()]).toEqual(Array(50).fill(1));
  expect(new Set((await rowsOf(bench.pool)).map(({ state }) => state))).toEqual(new Set(['verified']));
});

test('killed while Genesys has accepted but not applied, the code is not sent again', async () => {
  const bench = await openBench({ faults: { slowWrapups: { rate: 1, lagSeconds: 660 } } });
  await propose(bench, [proposalOf(bench.sandbox, uncoded(bench.sandbox, 1)[0] as never)]);
  expect(await applyAndDie(bench, 'markAccepted', 'after')).toBe('SIGKILL');
  bench.sandbox.advance(10.5 * 60_000);
  expect(await apply(bench)).toMatchObject({ written: 0, accepted: 1 });
  bench.sandbox.advance(afterClaimMs);
  expect(await apply(bench)).toMatchObject({ written: 0, verified: 1 });
  expect([...writesSeen(bench.sandbox).values()]).toEqual([1]);
});
