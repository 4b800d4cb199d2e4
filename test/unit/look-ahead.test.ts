import { describe, expect, test } from 'vitest';
import { inOrder, LookAhead } from '../../src/lib/look-ahead.js';
import { MemoryGate } from '../../src/lib/memory-gate.js';
import { SlabPool } from '../../src/lib/slabs.js';
import { PageReader } from '../../src/streams/conversations/page-reader.js';
import { ReadOrder } from '../../src/streams/conversations/read-order.js';

const { signal } = new AbortController();

/** Items that come when the test says, with the numbers that were asked for. */
function source(last: number, lookAhead?: LookAhead) {
  const asked: number[] = [];
  const dropped: number[] = [];
  const answers = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  const ends: AbortSignal[] = [];
  const items = inOrder({
    first: 1,
    ask: (number, end) => {
      asked.push(number);
      ends.push(end);
      return new Promise<number>((resolve, reject) => answers.set(number, { resolve: () => resolve(number), reject }));
    },
    lastOf: () => last,
    drop: (item) => void dropped.push(item),
    lookAhead,
    signal,
  });
  return { items, asked, dropped, ends, answer: (number: number) => answers.get(number) as never as Answer };
}
interface Answer {
  resolve(): void;
  reject(error: Error): void;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('numbered items', () => {
  test('come in order, whichever is answered first', async () => {
    const { items, asked, answer } = source(3, new LookAhead(() => 8, 8));
    const first = items.next();
    answer(1).resolve();
    expect((await first).value).toBe(1);
    const second = items.next();
    await settled();
    expect(asked).toEqual([1, 2, 3]);
    answer(3).resolve();
    await settled();
    answer(2).resolve();
    expect((await second).value).toBe(2);
    expect((await items.next()).value).toBe(3);
  });

  test('are asked for in turn without a look-ahead, and where none is worth while', async () => {
    for (const lookAhead of [undefined, new LookAhead(() => 0, 8)]) {
      const { items, asked, answer } = source(3, lookAhead);
      const first = items.next();
      answer(1).resolve();
      await first;
      void items.next();
      await settled();
      expect(asked).toEqual([1, 2]);
    }
  });

  test('of several sources share the bound', async () => {
    const lookAhead = new LookAhead(() => 100, 3);
    const sources = [source(50, lookAhead), source(50, lookAhead)];
    for (const { items, answer } of sources) {
      const first = items.next();
      answer(1).resolve();
      await first;
      void items.next();
      await settled();
    }
    expect(sources.map(({ asked }) => asked.length)).toEqual([1 + 1 + 3, 1 + 1]);
  });

  test('fail in their turn, after those before', async () => {
    const { items, answer } = source(3, new LookAhead(() => 8, 8));
    const first = items.next();
    answer(1).resolve();
    await first;
    const second = items.next();
    await settled();
    answer(3).reject(new Error('the third page broke'));
    await settled();
    answer(2).resolve();
    expect((await second).value).toBe(2);
    await expect(items.next()).rejects.toThrow('the third page broke');
  });

  test('that nobody wants any more are ended and dropped, and leave room for others', async () => {
    const lookAhead = new LookAhead(() => 2, 2);
    const { items, answer, ends, dropped } = source(3, lookAhead);
    const first = items.next();
    answer(1).resolve();
    await first;
    const second = items.next();
    await settled();
    answer(2).resolve();
    await second;
    await items.return(undefined as never);
    expect(ends.every((end) => end.aborted)).toBe(true);
    answer(3).resolve();
    await settled();
    expect(dropped).toEqual([3]);
    expect([lookAhead.take(), lookAhead.take(), lookAhead.take()]).toEqual([true, true, false]);
  });
});

describe('pages of one query that arrive at once', () => {
  const memory = () => ({ gate: new MemoryGate(1_000), slabs: new SlabPool(1_000, 1_000) });
  const call = { signal, priority: 1 };
  const context = { erase: (record: unknown) => record };
  const answer = { body: {}, requestedAt: new Date() };

  test('enter the memory in order, so that a later one never keeps it from an earlier one', async () => {
    const reader = new PageReader(memory());
    const order = new ReadOrder();
    const begun: number[] = [];
    let arrive: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const read = (number: number, before: Promise<void>) =>
      reader.read(
        call,
        context,
        async ({ records }) => {
          await before;
          await records?.begin();
          begun.push(number);
          return answer;
        },
        order,
      );
    const first = read(1, arrived);
    const second = read(2, Promise.resolve());
    await settled();
    expect(begun).toEqual([]);
    arrive();
    (await first).drop();
    (await second).drop();
    expect(begun).toEqual([1, 2]);
  });

  test('do not wait for memory that a later one holds when they are sent again', async () => {
    const reader = new PageReader(memory());
    const order = new ReadOrder();
    let sendAgain: () => void = () => {};
    const isHeld = new Promise<void>((resolve) => {
      sendAgain = resolve;
    });
    const first = reader.read(
      call,
      context,
      async ({ records }) => {
        await records?.begin();
        records?.drop();
        await isHeld;
        await records?.begin();
        return answer;
      },
      order,
    );
    const second = await reader.read(
      call,
      context,
      async ({ records }) => {
        await records?.begin();
        return answer;
      },
      order,
    );
    sendAgain();
    (await first).drop();
    second.drop();
  });
});
