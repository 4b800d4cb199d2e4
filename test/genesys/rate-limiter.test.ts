import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Budget } from '../../src/genesys/request/budget.js';
import { MemoryBudget } from '../../src/genesys/request/memory-budget.js';
import { RateLimiter } from '../../src/genesys/request/rate-limiter.js';
import { DeferredError } from '../../src/lib/errors.js';
import { VirtualTime } from './virtual-time.js';

const longMs = 3_600_000;
const neverAborted = new AbortController().signal;
setMaxListeners(0, neverAborted);

function setUp(requestsPerMinute: number, budget?: Budget) {
  const time = new VirtualTime();
  const limiter = new RateLimiter({ budget: budget ?? new MemoryBudget(requestsPerMinute), ...time });
  const order: string[] = [];
  const enter = (name: string, priority: number, signal = neverAborted, waitMsMax = longMs) =>
    limiter.acquire(priority, signal, waitMsMax).then(() => {
      order.push(name);
      void limiter.settle();
    });
  return { time, limiter, order, enter };
}

describe('callers', () => {
  test('go first by priority and then in the order of their arrival', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }),
        async (priorities) => {
          const { time, order, enter } = setUp(20);
          await enter('opens', 0);
          const all = priorities.map((priority, index) =>
            enter(`${priority}:${String(index).padStart(3, '0')}`, priority),
          );
          await time.run(longMs);
          await Promise.all(all);
          expect(order.slice(1)).toEqual([...order.slice(1)].sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  test('that are live overtake those of a backfill that came before', async () => {
    const { time, order, enter } = setUp(60);
    for (let n = 0; n < 100; n += 1) void enter('backfill', 1);
    await time.run(10_000);
    const before = order.length;
    void enter('live', 0);
    await time.run(2_000);
    expect(order.indexOf('live')).toBeLessThanOrEqual(before + 1);
  });

  test('all wait out a 429 and are then let go one after the other', async () => {
    const { time, limiter, order, enter } = setUp(300);
    await enter('first', 0);
    await limiter.pauseFor(30_000);
    for (let n = 0; n < 50; n += 1) void enter('later', n % 2);
    await time.run(29_000);
    expect(order).toEqual(['first']);
    await time.run(3_000);
    expect(order.length).toBeGreaterThan(1);
    expect(order.length).toBeLessThan(12);
    await time.run(30_000);
    expect(order).toHaveLength(51);
  });

  test('that give up leave their turn to the others', async () => {
    const { time, order, enter } = setUp(20);
    await enter('opens', 0);
    const controller = new AbortController();
    const quitter = enter('quitter', 0, controller.signal);
    const patient = enter('patient', 0);
    controller.abort(new Error('no longer'));
    await expect(quitter).rejects.toThrow('no longer');
    await time.run(4_000);
    await patient;
    expect(order).toEqual(['opens', 'patient']);
    await expect(enter('too late', 0, controller.signal)).rejects.toThrow('no longer');
  });

  test('get the time at which to retry instead of waiting longer than they may', async () => {
    const { time, limiter, enter } = setUp(300);
    await limiter.pauseFor(100_000);
    const startMs = time.nowMs;
    const refused = enter('hurried', 0, neverAborted, 60_000).catch((error) => error);
    const patient = enter('patient', 0, neverAborted, 200_000);
    await time.run(0);
    const error = await refused;
    expect(error).toBeInstanceOf(DeferredError);
    expect(error.notBefore.getTime()).toBeGreaterThanOrEqual(startMs + 100_000);
    await time.run(110_000);
    await patient;
  });

  test('all learn of it when a shared budget cannot be reached', async () => {
    const broken: Budget = { reserve: () => Promise.reject(new Error('database gone')), observe() {}, pauseUntil() {} };
    const { enter } = setUp(300, broken);
    const calls = [enter('a', 0), enter('b', 1)];
    for (const call of calls) await expect(call).rejects.toThrow('database gone');
    await expect(enter('c', 0)).rejects.toThrow('database gone');
  });
});

test('a budget hears how many requests are still on their way', async () => {
  const heard: unknown[] = [];
  const budget: Budget = {
    reserve: async () => ({ granted: true }),
    observe: (facts) => void heard.push(facts),
    pauseUntil() {},
  };
  const limiter = new RateLimiter({ budget, ...new VirtualTime() });
  await Promise.all([1, 2, 3].map(() => limiter.acquire(0, neverAborted, longMs)));
  await limiter.settle({ allowed: 300, count: 1, observedAtMs: 5 });
  expect(heard).toEqual([{ allowed: 300, count: 1, observedAtMs: 5, inFlight: 2 }]);
  expect(limiter.allowed).toBe(300);
});
