import { expect, test } from 'vitest';
import { prefetch } from '../../src/engine/prefetch.js';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

test('yields every item in order', async () => {
  async function* source() {
    for (let n = 0; n < 50; n += 1) yield n;
  }
  expect(await collect(prefetch(source(), () => 1, 3))).toEqual(Array.from({ length: 50 }, (_, n) => n));
});

test('never runs further ahead than the weight allows', async () => {
  let produced = 0;
  async function* source() {
    while (produced < 20) {
      produced += 1;
      yield produced;
    }
  }
  let consumed = 0;
  for await (const _ of prefetch(source(), () => 1, 4)) {
    await tick();
    consumed += 1;
    expect(produced - consumed).toBeLessThanOrEqual(4);
  }
  expect(consumed).toBe(20);
});

test('gives an error behind the items that came before it', async () => {
  async function* source() {
    yield 1;
    yield 2;
    throw new Error('the third page broke');
  }
  const seen: number[] = [];
  await expect(async () => {
    for await (const item of prefetch(source(), () => 1, 10)) {
      await tick();
      seen.push(item);
    }
  }).rejects.toThrow('the third page broke');
  expect(seen).toEqual([1, 2]);
});

test('ends its source when the consumer gives up', async () => {
  let isClosed = false;
  async function* source() {
    try {
      for (let n = 0; ; n += 1) yield n;
    } finally {
      isClosed = true;
    }
  }
  for await (const item of prefetch(source(), () => 1, 2)) if (item === 3) break;
  expect(isClosed).toBe(true);
});
