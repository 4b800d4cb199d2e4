import { expect, test } from 'vitest';
import { withDeadline } from '../../src/engine/with-deadline.js';

/** Yields what it is given, when it is given it. */
function controlled() {
  let give: (item: number | Error | null) => void = () => {};
  async function* source(): AsyncGenerator<number, void, void> {
    for (;;) {
      const item = await new Promise<number | Error | null>((resolve) => {
        give = resolve;
      });
      if (item === null) return;
      if (item instanceof Error) throw item;
      yield item;
    }
  }
  return { source: source(), give: (item: number | Error | null) => give(item) };
}

test('items pass in order; a source that keeps its consumer waiting is late again and again', async () => {
  const { source, give } = controlled();
  const items = withDeadline(source, 1);
  expect((await items.next()).value).toBe('late');
  expect((await items.next()).value).toBe('late');
  give(1);
  const seen: unknown[] = [];
  for (let next = await items.next(); ; next = await items.next()) {
    if (next.value === 'late') continue;
    seen.push(next.value);
    break;
  }
  expect(seen).toEqual([1]);
  const next = items.next();
  give(null);
  expect(['late', undefined]).toContain((await next).value);
  await items.return();
});

test('the error of the source passes', async () => {
  const { source, give } = controlled();
  const items = withDeadline(source, 60_000);
  const next = items.next();
  setImmediate(() => give(new Error('the page broke')));
  await expect(next).rejects.toThrow('the page broke');
});

test('a consumer that gives up ends the source', async () => {
  let isClosed = false;
  async function* source() {
    try {
      for (let n = 0; ; n += 1) yield n;
    } finally {
      isClosed = true;
    }
  }
  for await (const item of withDeadline(source(), 60_000)) if (item === 3) break;
  expect(isClosed).toBe(true);
});
