import { expect, test } from 'vitest';
import { drain, type SyncContext } from '../../src/engine/worker-pool.js';
import { ApiError, type ApiErrorFacts, DeferredError } from '../../src/lib/errors.js';
import { hourMs } from '../../src/lib/interval.js';
import { MemoryGate } from '../../src/lib/memory-gate.js';
import type { ClaimOptions, Ledger, Page, SliceClaim, Stream } from '../../src/model/extraction.js';

const at = new Date('2026-03-12T00:00:00Z');
const stored = { records: 1, changedRecords: 1, deadLetters: 0 };
const log = { info: () => {}, warn: () => {}, debug: () => {}, error: () => {} };

/** Work that ends when the test lets it. */
class Held {
  readonly #waiting: (() => void)[] = [];
  begun = 0;
  most = 0;

  get now(): number {
    return this.#waiting.length;
  }

  wait(): Promise<void> {
    this.begun += 1;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.most = Math.max(this.most, this.#waiting.length);
    });
  }

  endAll(): void {
    for (const end of this.#waiting.splice(0)) end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let looks = 0; !condition(); looks += 1) {
    if (looks === 10_000) throw new Error('It did not come to that.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Old slices first come first served; live ones only where they are asked for. */
function ledgerOf(oldCount: number, liveCount: number, storing: Held) {
  const left = { old: oldCount, live: liveCount };
  const order: string[] = [];
  const claim = async ({ isLiveOnly }: ClaimOptions): Promise<SliceClaim | null> => {
    const age = isLiveOnly || left.old === 0 ? 'live' : 'old';
    if (left[age] === 0) return null;
    left[age] -= 1;
    const to = age === 'live' ? at : new Date('2026-01-01T00:00:00Z');
    const slice = { stream: 'calls', sliceId: age, interval: { from: new Date(to.getTime() - hourMs), to } };
    const store = async () => {
      order.push(age);
      await storing.wait();
      return stored;
    };
    return { slice, commit: store, complete: store, release: async () => {} } as unknown as SliceClaim;
  };
  return { order, ledger: { claim, held: async () => [] } as unknown as Ledger };
}

function setUp({ slicesMax, old, live }: { slicesMax: number; old: number; live: number }) {
  const [reading, storing] = [new Held(), new Held()];
  const stream = {
    name: 'calls',
    repassAgesMs: [],
    isRecordWise: true,
    async *pages(): AsyncGenerator<Page, void, void> {
      await reading.wait();
      yield { asOf: at, batches: [], rejects: [], cursor: {}, recordCount: 1 };
    },
  } as unknown as Stream;
  const { ledger, order } = ledgerOf(old, live, storing);
  const context = {
    ledger,
    concurrency: 2,
    readAhead: { slicesMax: () => slicesMax, memory: new MemoryGate(1_000) },
    now: () => at,
    signal: new AbortController().signal,
    log,
  } as unknown as SyncContext;
  return { reading, storing, order, draining: drain(context, [stream], {}) };
}

test('as many slices are read at once as use the allowance, and no more are stored at once than may be', async () => {
  const { reading, storing, draining } = setUp({ slicesMax: 6, old: 10, live: 0 });
  await until(() => reading.now === 6);
  reading.endAll();
  await until(() => storing.now === 2);
  const over = draining.then((summary) => summary.slices);
  let ended: number | undefined;
  void over.then((slices) => {
    ended = slices;
  });
  await until(() => {
    reading.endAll();
    storing.endAll();
    return ended !== undefined;
  });
  expect(ended).toBe(10);
  expect(reading.most).toBe(6);
  expect(storing.most).toBe(2);
});

test('a live slice is opened although every place is taken, and stored before what waits', async () => {
  const { reading, storing, order, draining } = setUp({ slicesMax: 4, old: 4, live: 1 });
  await until(() => reading.now === 5);
  reading.endAll();
  await until(() => storing.now === 2);
  // Two of the old ones were first; of those that wait the live one is next.
  storing.endAll();
  await until(() => storing.now === 2);
  expect(order.slice(2)).toEqual(['live', 'old']);
  storing.endAll();
  await until(() => storing.now === 1);
  storing.endAll();
  expect((await draining).slices).toBe(5);
});

test('pages that wait for more are stored as soon as others need their memory', async () => {
  const memory = new MemoryGate(100);
  const { signal } = new AbortController();
  const stored: number[] = [];
  let end = () => {};
  const stream = {
    name: 'calls',
    repassAgesMs: [],
    isRecordWise: true,
    async *pages(): AsyncGenerator<Page, void, void> {
      const held = await memory.enter(40, { signal });
      yield { asOf: at, batches: [], rejects: [], cursor: {}, recordCount: 1, memory: held };
      await new Promise<void>((resolve) => (end = resolve));
    },
  } as unknown as Stream;
  const commit = async (pages: readonly Page[]) => {
    stored.push(pages.length);
    return { records: 1, changedRecords: 1, deadLetters: 0 };
  };
  const slice = { stream: 'calls', sliceId: '1', interval: { from: new Date(at.getTime() - hourMs), to: at } };
  const claim = { slice, commit, complete: commit, release: async () => {} } as unknown as SliceClaim;
  const claims = [claim];
  const ledger = { claim: async () => claims.shift() ?? null, held: async () => [] } as unknown as Ledger;
  const context = { ledger, concurrency: 1, now: () => at, signal, log } as unknown as SyncContext;
  const draining = drain(context, [stream], {});
  await until(() => memory.usedBytes === 40);
  expect(stored).toEqual([]);
  const other = await memory.enter(70, { signal });
  expect(stored).toEqual([1]);
  other.release();
  end();
  await draining;
});

test('a slice that leaves parts of itself after the look at the ledger is not the last', async () => {
  const interval = { from: new Date(at.getTime() - hourMs), to: at };
  const stream = {
    name: 'calls',
    repassAgesMs: [],
    isRecordWise: true,
    async *pages(): AsyncGenerator<Page, void, void> {
      yield { asOf: at, batches: [], rejects: [], cursor: {}, recordCount: 1 };
    },
  } as unknown as Stream;
  const [first, second] = [new Held(), new Held()];
  const left: SliceClaim[] = [];
  const claimOf = (sliceId: string, storing: () => Promise<void>) => {
    const store = async () => {
      await storing();
      return stored;
    };
    const slice = { stream: 'calls', sliceId, interval };
    return { slice, commit: store, complete: store, release: async () => {} } as unknown as SliceClaim;
  };
  left.push(claimOf('whole', () => first.wait()));
  // The second look finds nothing, and its answer arrives when the slice has ended and left another.
  let looks = 0;
  const claim = async (): Promise<SliceClaim | null> => {
    looks += 1;
    const found = left.shift() ?? null;
    if (looks === 2) await second.wait();
    return found;
  };
  const ledger = { claim, held: async () => [] } as unknown as Ledger;
  const context = { ledger, concurrency: 2, now: () => at, signal: new AbortController().signal, log };
  const draining = drain(context as unknown as SyncContext, [stream], {});
  await until(() => first.now === 1 && second.now === 1);
  left.push(claimOf('part', async () => {}));
  first.endAll();
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  second.endAll();
  expect((await draining).slices).toBe(2);
});

test('a slice that another process has taken over before it is split is deferred, and the run continues', async () => {
  const reason = 'Another process has taken over this slice.';
  const stream = {
    name: 'calls',
    repassAgesMs: [],
    isRecordWise: true,
    sliceLengthMsMin: 0,
    // biome-ignore lint/correctness/useYield: a request that is answered with an error.
    async *pages(): AsyncGenerator<Page, void, void> {
      throw new ApiError('Too many results.', { action: 'split' } as ApiErrorFacts);
    },
  } as unknown as Stream;
  const slice = { stream: 'calls', sliceId: '1', interval: { from: new Date(at.getTime() - hourMs), to: at } };
  const split = async () => {
    throw new DeferredError(reason, at);
  };
  const claims = [{ slice, split, release: async () => {} } as unknown as SliceClaim];
  const ledger = { claim: async () => claims.shift() ?? null, held: async () => [] } as unknown as Ledger;
  const context = { ledger, concurrency: 1, now: () => at, signal: new AbortController().signal, log };
  const summary = await drain(context as unknown as SyncContext, [stream], {});
  expect(summary.failures).toEqual([]);
  expect(summary.deferred.map(({ result }) => result.message)).toEqual([reason]);
});
