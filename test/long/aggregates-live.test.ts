import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTruth, families, requestsBy, type Setup, setUp } from '../integration/aggregates-support.js';
import { runCommand } from '../support/program.js';

const minuteMs = 60_000;

describe('a day followed live', () => {
  let setup: Setup;
  beforeAll(async () => {
    setup = await setUp({ clock: { kind: 'fixed', at: new Date('2026-03-11T00:07:00Z') } });
  });
  afterAll(() => setup.close());
  const args = ['sync', '--stream', 'queue_aggregates', '--stream', 'user_aggregates'];

  test('is never older than its granularity and costs one request a half hour and data set', {
    timeout: 120_000,
  }, async () => {
    const { sandbox, pool, environment } = setup;
    await runCommand(['sync', '--stream', 'directory', ...args.slice(1)], sandbox, environment);
    sandbox.resetRequests();
    for (let step = 1; step <= 48; step += 1) {
      sandbox.advance(30 * minuteMs);
      expect(await runCommand(args, sandbox, environment)).toMatchObject({ status: 0 });
      const { rows } = await pool.query(
        `select max(slice_to) as until from extract.slices where stream = 'queue_aggregates' and pass > 0`,
      );
      expect(sandbox.now().getTime() - rows[0].until.getTime()).toBeLessThan(30 * minuteMs);
    }
    const counts = requestsBy(sandbox);
    // A dozen and some users are one request. For the day before a second pass came due.
    expect(counts['conversations aggregates query']).toBe(48 + 1);
    expect(counts['users aggregates query']).toBe(48 + 1);
    await expectTruth(
      setup,
      '2026-03-11T00:00:00.000Z',
      '2026-03-12T00:00:00.000Z',
      families.filter(({ relation }) => ['queue_aggregates', 'user_aggregates'].includes(relation)),
      true,
    );
  });

  test('becomes one slice once it is over, whose second pass is one request', async () => {
    const { sandbox, pool, environment } = setup;
    sandbox.advance(10 * minuteMs);
    await runCommand(args, sandbox, environment);
    const ledger = `select slice_to, pass, due_at from extract.slices
      where stream = 'queue_aggregates' and slice_from >= '2026-03-11' and slice_to <= '2026-03-12'`;
    expect((await pool.query(ledger)).rows).toEqual([
      { slice_to: new Date('2026-03-12'), pass: 1, due_at: new Date('2026-03-13') },
    ]);
    sandbox.setNow(new Date('2026-03-13T00:05:00Z'));
    sandbox.resetRequests();
    await runCommand(args, sandbox, environment);
    expect((await pool.query(ledger)).rows).toMatchObject([{ pass: 2, due_at: new Date('2026-03-15') }]);
  });
});
