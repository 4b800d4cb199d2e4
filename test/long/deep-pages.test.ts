import { afterEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.js';
import { closeAll, expectTruth, openWarehouse } from '../integration/caps-support.js';

/** Days with more conversations than a page holds, and jobs that take their time. */
const timeout = 240_000;

afterEach(closeAll);

describe('the details query', () => {
  test.each([
    ['conversations', { duplicateAcrossPages: 0.6, wrongTotalHits: { rate: 0.6, driftMax: 40 } }],
    ['conversation_history', { duplicateAcrossPages: 0.6, shortPages: 0.6 }],
  ] as const)(
    'of %s whose pages are short, repeat records or count wrongly ends complete',
    { timeout },
    async (stream, faults) => {
      const warehouse = await openWarehouse({ conversationsPerDay: 2_500 });
      warehouse.sandbox.setFaults(faults);
      expect(await warehouse.backfill(stream)).toMatchObject({ status: 0 });
      const injected = warehouse.sandbox.faultsInjected();
      expect(Object.keys(faults).filter((name) => injected[name] === undefined)).toEqual([]);
      await expectTruth(warehouse);
    },
  );
});

describe('details jobs', () => {
  const submissions = (sandbox: Sandbox) =>
    sandbox.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/details/jobs'));
  const days = ['--from', '2026-03-06', '--to', '2026-03-11', '--stream', 'conversation_history'];

  test('run no more at once than the limits of the organisation leave to this program', { timeout }, async () => {
    const { sandbox, run } = await openWarehouse({
      conversationsPerDay: 100,
      agents: 8,
      jobsConcurrentMax: 3,
      jobDurationMs: 1_500,
    });
    expect(await run('backfill', ...days)).toMatchObject({ status: 0 });
    expect(sandbox.requests().filter(({ path }) => path.includes('/limits/namespaces/analytics'))).toHaveLength(1);
    expect(submissions(sandbox).map(({ status }) => status)).toEqual(Array(5).fill(202));
  });
});
