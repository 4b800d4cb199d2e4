import { expect, test } from 'vitest';
import { Slots } from '../../src/lib/slots.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Creates work that records when it begins and ends on command. */
function workIn(slots: Slots) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (name: string, priority: number): Promise<string> =>
    slots.run(priority, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });
  return { begun, start, end: (name: string) => ends.get(name)?.() };
}

test('no more pieces of work run at once than there are slots', async () => {
  const { begun, start, end } = workIn(new Slots(2));
  const all = ['a', 'b', 'c'].map((name) => start(name, 1));
  await settled();
  expect(begun).toEqual(['a', 'b']);
  end('a');
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  end('b');
  end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('of those that wait the most urgent begins first, then the one that came first', async () => {
  const { begun, start, end } = workIn(new Slots(1));
  const all = [start('running', 1), start('old 1', 1), start('old 2', 1), start('live 1', 0), start('live 2', 0)];
  for (const name of ['running', 'live 1', 'live 2', 'old 1', 'old 2']) {
    await settled();
    end(name);
  }
  await Promise.all(all);
  expect(begun).toEqual(['running', 'live 1', 'live 2', 'old 1', 'old 2']);
});

test('work that fails gives its slot back', async () => {
  const slots = new Slots(1);
  await expect(slots.run(0, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await slots.run(0, async () => 'next')).toBe('next');
});
