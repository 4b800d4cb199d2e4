import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RequestBudget } from '../../src/postgres/ledger/request-budget.js';
import { migratedDatabase, type TestDatabase, testPool } from '../support/postgres.js';
import { propertyRuns } from '../support/runs.js';

const startMs = Date.parse('2026-03-10T08:00:00Z');
const minuteMs = 60_000;

let database: TestDatabase;
let pool: pg.Pool;
let clients = 0;

beforeAll(async () => {
  database = await migratedDatabase();
  pool = testPool(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Several processes on one allowance whose database's clock is `nowMs`; the clock of each process is off by its own amount. */
class World {
  nowMs = startMs;
  readonly clientId = `client-${clients++}`;
  readonly workers: Worker[];
  /** Instants at which requests left, and the process. */
  readonly sent: { readonly atMs: number; readonly worker: number; readonly priority: number }[] = [];

  constructor(count: number, requestsPerMinute = 300) {
    this.workers = Array.from({ length: count }, (_, index) => new Worker(this, index, requestsPerMinute));
  }

  async run(forMs: number, isStopped: () => boolean = () => false): Promise<void> {
    const endMs = this.nowMs + forMs;
    while (!isStopped()) {
      const [next] = this.workers.filter((worker) => worker.demand > 0).sort((a, b) => a.nextMs - b.nextMs);
      if (next === undefined || next.nextMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, next.nextMs);
      await next.ask();
    }
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  async close(): Promise<void> {
    for (const { budget } of this.workers) await budget.close();
  }
}

class Worker {
  readonly #world: World;
  readonly #index: number;
  readonly #clockOffMs: number;
  readonly budget: RequestBudget;
  /** Requests that wait. */
  demand = Number.POSITIVE_INFINITY;
  priority = 1;
  nextMs: number;
  /** Bounds how late a timer fires, and how long a granted request takes to leave. */
  lateMs: () => number = () => 0;
  lastTicket = 0;

  constructor(world: World, index: number, requestsPerMinute: number) {
    this.#world = world;
    this.#index = index;
    this.#clockOffMs = (index - 1) * 12_345_678;
    this.nextMs = world.nowMs;
    this.budget = new RequestBudget({
      connectionString: database.url,
      api: 'https://api.test',
      clientId: world.clientId,
      requestsPerMinute,
      clockMs: () => this.clockMs,
      databaseTime: () => new Date(world.nowMs),
    });
  }

  get clockMs(): number {
    return this.#world.nowMs + this.#clockOffMs;
  }

  async ask(): Promise<void> {
    const answer = await this.budget.reserve(this.priority, this.clockMs, Math.min(this.demand, 4));
    const { nowMs } = this.#world;
    if (!answer.granted) {
      this.nextMs = nowMs + Math.min(1_000, answer.waitMs) + this.lateMs();
      return;
    }
    this.lastTicket = answer.ticket;
    this.demand -= 1;
    this.#world.sent.push({ atMs: nowMs, worker: this.#index, priority: this.priority });
    this.nextMs = nowMs + this.lateMs() / 10;
  }
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

/** Pseudo-random amounts that fast-check can repeat. */
function amounts(seed: number, max: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state / 2_147_483_648) * max;
  };
}

const times = (world: World) => world.sent.map(({ atMs }) => atMs);

describe('processes that share one allowance', () => {
  test('never exceed it in any sliding minute, however they interleave, and use 95 % of it while there is demand', {
    timeout: 240_000,
  }, async () => {
    const phases = fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 90_000 }) }), { maxLength: 2 });
    const scenario = fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      limit: fc.constantFrom(60, 300),
      lateMs: fc.constantFrom(0, 20, 300),
      seed: fc.nat(),
      phases,
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ count, limit, lateMs, seed, phases }) => {
        const world = new World(count, limit);
        for (const [index, worker] of world.workers.entries()) {
          worker.priority = index % 2;
          worker.lateMs = amounts(seed + index, lateMs);
        }
        for (const { pauseMs } of [...phases, { pauseMs: 0 }]) {
          world.nowMs += pauseMs;
          const before = world.sent.length;
          await world.run(2 * minuteMs);
          expect(world.sent.length - before).toBeGreaterThanOrEqual(0.95 * limit * 2);
        }
        await world.close();
        expect(mostInAnyMinute(times(world))).toBeLessThanOrEqual(limit);
      }),
      { numRuns: propertyRuns(5, 2) },
    );
  });

  test('are not refused by a server of fixed windows, wherever they begin and however unevenly requests travel', async () => {
    const world = new World(3);
    await world.run(3 * minuteMs);
    for (let phaseMs = 0; phaseMs < minuteMs; phaseMs += 1_777) {
      const travel = amounts(phaseMs, 900);
      const windows = new Map<number, number>();
      for (const { atMs } of world.sent) {
        const window = Math.floor((atMs + travel() + phaseMs) / minuteMs);
        windows.set(window, (windows.get(window) ?? 0) + 1);
      }
      expect(Math.max(...windows.values())).toBeLessThanOrEqual(300);
    }
    await world.close();
  });

  test('share it evenly', async () => {
    const world = new World(4);
    // The first to come finds what may be sent at once.
    await world.run(5_000);
    const before = world.sent.length;
    await world.run(40_000);
    const since = world.sent.slice(before);
    const shares = world.workers.map((_, index) => since.filter(({ worker }) => worker === index).length);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2);
    await world.close();
  });

  test('let a live request of one go before all that the others have to backfill', async () => {
    const world = new World(3);
    const live = world.workers[0] as Worker;
    live.demand = 0;
    live.priority = 0;
    for (let round = 0; round < 30; round += 1) {
      await world.run(700 + round * 37);
      const before = world.sent.length;
      live.demand = 3;
      live.nextMs = world.nowMs;
      await world.run(minuteMs, () => live.demand === 0);
      const since = world.sent.slice(before);
      expect(since.slice(0, 3).map(({ worker }) => worker)).toEqual([0, 0, 0]);
    }
    await world.close();
  });

  test('lose no more than a moment when one dies that is first in the queue', async () => {
    const world = new World(3);
    (world.workers[0] as Worker).priority = 0;
    await world.run(20_000);
    (world.workers[0] as Worker).demand = 0;
    const before = world.sent.length;
    await world.run(3_000);
    expect(world.sent.length).toBeGreaterThan(before);
    await world.run(2 * minuteMs - 3_000);
    expect(world.sent.length - before).toBeGreaterThanOrEqual(0.95 * 600);
    await world.close();
  });
});

describe('a 429', () => {
  test('is waited out by all, after which requests come paced and not in one burst', async () => {
    const world = new World(3);
    await world.run(10_000);
    const [first] = world.workers;
    await (first as Worker).budget.pauseUntil((first as Worker).clockMs + 30_000);
    const pausedUntilMs = world.nowMs + 30_000;
    const before = world.sent.length;
    await world.run(60_000);
    const after = times(world).slice(before);
    const between = (fromMs: number, toMs: number) =>
      after.filter((atMs) => atMs >= pausedUntilMs + fromMs && atMs < pausedUntilMs + toMs).length;
    expect(after[0]).toBeGreaterThanOrEqual(pausedUntilMs);
    expect(between(0, 1_000)).toBeLessThanOrEqual(2);
    expect(between(0, 1_000)).toBeLessThan(between(12_000, 13_000));
    expect(between(12_000, 22_000)).toBeGreaterThan(45);
    await world.close();
  });
});

describe('what Genesys says in its headers', () => {
  test('lowers the allowance of all at once, and raises it when it has allowed more for a while', async () => {
    const world = new World(2);
    await world.run(5_000);
    const [first] = world.workers as [Worker];
    first.budget.observe({ allowed: 60, observedAtMs: first.clockMs });
    await world.run(5_000);
    const before = world.sent.length;
    await world.run(3 * minuteMs);
    expect(mostInAnyMinute(times(world).slice(before))).toBeLessThanOrEqual(60);
    first.budget.observe({ allowed: 300, observedAtMs: first.clockMs });
    await world.run(1_000);
    const raised = world.sent.length;
    await world.run(minuteMs);
    expect(world.sent.length - raised).toBeGreaterThan(250);
    await world.close();
  });

  test('may be any number', async () => {
    const world = new World(1);
    const [first] = world.workers as [Worker];
    const resetMs = 1e300;
    first.budget.observe({
      allowed: 1e300,
      count: 3.7,
      resetMs,
      observedAtMs: first.clockMs,
      grantedAtMs: 0,
      ticket: 1,
    });
    await world.run(1_000);
    first.budget.observe({ allowed: 300.5, count: 1e12, resetMs, observedAtMs: first.clockMs, ticket: 1 });
    await world.run(4 * minuteMs);
    expect(world.sent.length).toBeGreaterThan(100);
    await world.close();
  });

  test('keeps room for another program with the same client, whichever process hears of it', async () => {
    const world = new World(3);
    const windowMs = minuteMs;
    // A server's window that another program fills with two requests a second.
    let windowStartMs = startMs;
    let ours = 0;
    let seen = 0;
    let worst = 0;
    const counted = () => {
      for (; seen < world.sent.length; seen += 1) {
        const { atMs, worker } = world.sent[seen] as World['sent'][number];
        if (atMs >= windowStartMs + windowMs) {
          windowStartMs = atMs;
          ours = 0;
        }
        ours += 1;
        const foreign = Math.floor((atMs - windowStartMs) / 500);
        worst = Math.max(worst, ours + foreign);
        const teller = world.workers[worker] as Worker;
        teller.budget.observe({
          allowed: 300,
          count: ours + foreign,
          resetMs: Math.ceil((windowStartMs + windowMs - atMs) / 1_000) * 1_000,
          observedAtMs: teller.clockMs,
          grantedAtMs: teller.clockMs,
          ticket: teller.lastTicket,
        });
      }
      return false;
    };
    await world.run(5 * minuteMs, counted);
    expect(worst).toBeLessThanOrEqual(300);
    // 300 a minute less 120 of the other program.
    expect(world.sent.length).toBeGreaterThan(0.9 * 5 * 180);
    await world.close();
  });
});

describe('the database', () => {
  test('may have its clock set back: nothing is sent beyond the allowance, and sending resumes within the minute', async () => {
    const world = new World(2);
    await world.run(minuteMs);
    const before = world.sent.length;
    world.nowMs -= 3_600_000;
    for (const worker of world.workers) worker.nextMs = world.nowMs;
    await world.run(61_000);
    expect(world.sent.length - before).toBeLessThanOrEqual(15);
    await world.run(minuteMs);
    expect(world.sent.length - before).toBeGreaterThan(200);
    await world.close();
  });

  test('may cut the connection off: the next request has another', async () => {
    const world = new World(1);
    await world.run(1_000);
    await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'genesys-warehouse budget' and datname = current_database()`,
    );
    const before = world.sent.length;
    await world.run(2_000);
    expect(world.sent.length).toBeGreaterThan(before);
    await world.close();
  });

  test('that does not answer lets nothing be sent and says so', async () => {
    const budget = new RequestBudget({
      connectionString: 'postgres://nobody@127.0.0.1:1/none',
      api: 'https://api.test',
      clientId: 'any',
      requestsPerMinute: 300,
      clockMs: () => 0,
    });
    await expect(budget.reserve(0, 0, 1)).rejects.toThrow(
      /Cannot read the shared rate limit from the database; request not sent/,
    );
    await budget.close();
  });
});
