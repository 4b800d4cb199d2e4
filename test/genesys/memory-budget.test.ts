import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryBudget } from '../../src/genesys/request/memory-budget.js';

const minuteMs = 60_000;
const startMs = 1_700_000_000_000;

/** Reserves as fast as permitted, returning up to `lateMs` later than the wait it was given; returns the times of the grants. */
async function saturate(budget: MemoryBudget, fromMs: number, forMs: number, late: () => number): Promise<number[]> {
  const grants: number[] = [];
  for (let nowMs = fromMs; nowMs < fromMs + forMs; ) {
    const answer = await budget.reserve(0, nowMs);
    if (answer.granted) grants.push(nowMs);
    else nowMs += answer.waitMs + late();
  }
  return grants;
}

function mostInAnyMinute(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] as number) <= time - minuteMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** A pseudo-random lateness that fast-check can repeat. */
function lateness(seed: number, maxMs: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state / 2_147_483_648) * maxMs;
  };
}

describe('one process’s budget', () => {
  test('is never exceeded in any sliding minute, whatever the demand', async () => {
    const quiet = fc.array(
      fc.record({ pauseMs: fc.integer({ min: 0, max: 200_000 }), busyMs: fc.integer({ min: 1, max: 120_000 }) }),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), quiet, fc.nat(), async (limit, phases, seed) => {
        const budget = new MemoryBudget(limit);
        const grants: number[] = [];
        let nowMs = startMs;
        for (const { pauseMs, busyMs } of phases) {
          nowMs += pauseMs;
          grants.push(...(await saturate(budget, nowMs, busyMs, lateness(seed, 50))));
          nowMs += busyMs;
        }
        expect(mostInAnyMinute(grants)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 60 },
    );
  });

  test('is used to at least 95 % under steady demand, even with timers that fire late', async () => {
    for (const lateMs of [0, 20, 500]) {
      const grants = await saturate(new MemoryBudget(300), startMs, 10 * minuteMs, lateness(7, lateMs));
      expect(grants.length).toBeGreaterThanOrEqual(0.95 * 300 * 10);
    }
  });

  test('opens without a burst that a shared window would refuse', async () => {
    const grants = await saturate(new MemoryBudget(300), startMs, 1_000, () => 0);
    expect(grants.length).toBeLessThanOrEqual(20);
  });

  test('is not refused by a server of fixed windows, wherever they begin and however unevenly requests travel', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: minuteMs }), fc.nat(), async (phaseMs, seed) => {
        const travel = lateness(seed, 900);
        const grants = await saturate(new MemoryBudget(300), startMs, 4 * minuteMs, () => 0);
        const windows = new Map<number, number>();
        for (const grant of grants) {
          const window = Math.floor((grant + travel() + phaseMs) / minuteMs);
          windows.set(window, (windows.get(window) ?? 0) + 1);
        }
        expect(Math.max(...windows.values())).toBeLessThanOrEqual(300);
      }),
      { numRuns: 40 },
    );
  });

  test('falls at once to what Genesys allows, and rises again when it has allowed more for a while', async () => {
    const budget = new MemoryBudget(300);
    await saturate(budget, startMs, 30_000, () => 0);
    budget.observe({ allowed: 60, observedAtMs: startMs + 30_000 });
    expect(budget.allowance).toBe(60);
    const lowered = await saturate(budget, startMs + 30_000, 5 * minuteMs, () => 0);
    expect(mostInAnyMinute(lowered)).toBeLessThanOrEqual(60);
    budget.observe({ allowed: 300, observedAtMs: startMs + 40_000 });
    expect(budget.allowance).toBe(60);
    budget.observe({ allowed: 1_000, observedAtMs: startMs + 6 * minuteMs });
    expect(budget.allowance).toBe(300);
  });

  test('waits for the next window when others have used up this one', async () => {
    const budget = new MemoryBudget(300);
    budget.observe({ allowed: 300, count: 290, inFlight: 6, resetMs: 20_000, observedAtMs: startMs });
    const grants = await saturate(budget, startMs, 40_000, () => 0);
    expect(grants.filter((grant) => grant < startMs + 20_000)).toHaveLength(4);
    expect(grants.length).toBeGreaterThan(50);
  });

  test('grants nothing before a pause ends, and climbs slowly after it', async () => {
    const budget = new MemoryBudget(300);
    await saturate(budget, startMs, 10_000, () => 0);
    budget.pauseUntil(startMs + 40_000);
    budget.pauseUntil(startMs + 20_000);
    const grants = await saturate(budget, startMs + 10_000, 60_000, () => 0);
    const countBetween = (fromMs: number, toMs: number) =>
      grants.filter((grant) => grant >= startMs + 40_000 + fromMs && grant < startMs + 40_000 + toMs).length;
    expect(grants[0]).toBeGreaterThanOrEqual(startMs + 40_000);
    expect(countBetween(0, 1_000)).toBeLessThanOrEqual(2);
    expect(countBetween(0, 1_000)).toBeLessThan(countBetween(12_000, 13_000));
    expect(countBetween(12_000, 22_000)).toBeGreaterThan(45);
  });
});
