import { describe, expect, test } from 'vitest';
import { OpenSlices } from '../../src/engine/open-slices.js';
import { PageAdmission } from '../../src/engine/page-admission.js';
import { AnswerPace } from '../../src/genesys/http/answer-pace.js';
import { MemoryGate } from '../../src/lib/memory-gate.js';
import type { Page, Stream } from '../../src/model/extraction.js';

const at = new Date('2026-03-12T00:00:00Z');
const { signal } = new AbortController();
const settled = () => new Promise((resolve) => setImmediate(resolve));
const megabyte = 1024 * 1024;

const pageOf = (recordCount: number): Page => ({ asOf: at, batches: [], rejects: [], cursor: {}, recordCount });
const whole = { name: 'queue_aggregates' } as Stream;
const recordWise = { name: 'conversations', isRecordWise: true } as Stream;

/** Pages of a stream, with how many of them were asked for. */
function source(pages: readonly Page[]) {
  const seen = { asked: 0, isClosed: false };
  async function* generate() {
    try {
      for (const page of pages) {
        seen.asked += 1;
        yield page;
      }
    } finally {
      seen.isClosed = true;
    }
  }
  return { seen, pages: generate() };
}

describe('open slices', () => {
  test('are as many as are stored at once where nothing is read ahead', async () => {
    const open = new OpenSlices(2, undefined);
    expect(open.freePlaces).toBe(2);
    let end = () => {};
    const holding = open.hold(() => new Promise<void>((resolve) => (end = resolve)));
    expect([open.count, open.freePlaces]).toEqual([1, 1]);
    end();
    await holding;
    expect([open.count, open.freePlaces]).toEqual([0, 2]);
  });

  test('become more as answers become slower, and leave no place when they become faster again', async () => {
    let slicesMax = 3;
    const open = new OpenSlices(1, { slicesMax: () => slicesMax, memory: new MemoryGate(100) });
    void open.hold(() => new Promise(() => {}));
    void open.hold(() => new Promise(() => {}));
    expect(open.freePlaces).toBe(1);
    slicesMax = 0;
    expect(open.freePlaces).toBe(-1);
  });

  test('end where their work fails', async () => {
    const open = new OpenSlices(1, undefined);
    await expect(open.hold(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(open.count).toBe(0);
  });
});

describe('the requests in flight', () => {
  test('are rate times duration, and one before anything was answered', () => {
    const pace = new AnswerPace();
    expect(pace.requestsAtOnce(300)).toBe(1);
    pace.observe(2_000);
    expect(pace.requestsAtOnce(300)).toBe(10);
    expect(pace.requestsAtOnce(3_000)).toBe(100);
  });

  test('follow answers that become faster, without a leap', () => {
    const pace = new AnswerPace();
    pace.observe(2_000);
    pace.observe(100);
    expect(pace.requestsAtOnce(300)).toBeGreaterThan(8);
    for (let answers = 0; answers < 100; answers += 1) pace.observe(100);
    expect(pace.requestsAtOnce(300)).toBe(1);
  });
});

describe('the admission of pages', () => {
  test('does not ask for a page that is read whole before there is room for it', async () => {
    const memory = new MemoryGate(megabyte);
    const other = await memory.enter(megabyte / 2, { signal });
    const { seen, pages } = source([pageOf(1)]);
    const admitted = new PageAdmission(memory).admit(whole, pages, new Set(), { signal, isUrgent: false });
    const first = admitted.next();
    await settled();
    expect(seen.asked).toBe(0);
    other.release();
    await first;
    expect(seen.asked).toBe(1);
  });

  test('counts what a page turned out to hold, and gives it back when the page is released', async () => {
    const memory = new MemoryGate(100 * megabyte);
    const { pages } = source([pageOf(5_000)]);
    const held = new Set<Page>();
    const admitted = new PageAdmission(memory).admit(whole, pages, held, { signal, isUrgent: false });
    const { value: page } = await admitted.next();
    expect(held).toEqual(new Set([page]));
    expect(memory.usedBytes).toBe(5_000 * 1_024);
    (page as Page).memory?.release();
    expect(memory.usedBytes).toBe(0);
  });

  test('expects of the next page what the largest of late held', async () => {
    const memory = new MemoryGate(8 * megabyte);
    const admission = new PageAdmission(memory);
    const read = async () => {
      const admitted = admission.admit(whole, source([pageOf(6_000)]).pages, new Set(), { signal, isUrgent: false });
      return (await admitted.next()).value as Page;
    };
    const first = await read();
    const second = read();
    await settled();
    expect(memory.waitingCount).toBe(1);
    first.memory?.release();
    await second;
    expect(memory.waitingCount).toBe(0);
  });

  test('keeps nothing after the last page, nor after a page that failed', async () => {
    const memory = new MemoryGate(8 * megabyte);
    const admission = new PageAdmission(memory);
    const options = { signal, isUrgent: false };
    const none = admission.admit(whole, source([]).pages, new Set(), options);
    expect((await none.next()).done).toBe(true);
    // biome-ignore lint/correctness/useYield: it fails before its first page.
    async function* failing(): AsyncGenerator<Page, void, void> {
      throw new Error('Genesys is away');
    }
    await expect(admission.admit(whole, failing(), new Set(), options).next()).rejects.toThrow('Genesys is away');
    expect(memory.usedBytes).toBe(0);
  });

  test('lets live pages in at once, and those that bound their memory themselves', async () => {
    const memory = new MemoryGate(megabyte);
    await memory.enter(megabyte, { signal });
    const admission = new PageAdmission(memory);
    const live = admission.admit(whole, source([pageOf(1)]).pages, new Set(), { signal, isUrgent: true });
    expect((await live.next()).value?.recordCount).toBe(1);
    const { pages } = source([pageOf(2)]);
    const read = admission.admit(recordWise, pages, new Set(), { signal, isUrgent: false });
    expect((await read.next()).value?.recordCount).toBe(2);
  });

  test('closes its source where reading ends early', async () => {
    const { seen, pages } = source([pageOf(1), pageOf(1)]);
    const options = { signal, isUrgent: false };
    const admitted = new PageAdmission(new MemoryGate(megabyte)).admit(recordWise, pages, new Set(), options);
    await admitted.next();
    await admitted.return();
    expect(seen.isClosed).toBe(true);
  });
});
