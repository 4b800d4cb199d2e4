import { describe, expect, test } from 'vitest';
import { type HeldMemory, MemoryGate } from '../../src/lib/memory-gate.js';

const { signal } = new AbortController();

/** Notes when each of the entrants is let in. */
function entering(gate: MemoryGate) {
  const inside: string[] = [];
  const enter = async (name: string, bytes: number, options = {}): Promise<HeldMemory> => {
    const held = await gate.enter(bytes, { signal, ...options });
    inside.push(name);
    return held;
  };
  return { inside, enter };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the gate of memory', () => {
  test('lets in what fits, in order of arrival, and the rest when something was given back', async () => {
    const gate = new MemoryGate(100);
    const { inside, enter } = entering(gate);
    const first = await enter('first', 60);
    const second = enter('second', 50);
    const third = enter('third', 10);
    await settled();
    expect(inside).toEqual(['first']);
    first.release();
    await Promise.all([second, third]);
    expect(inside).toEqual(['first', 'second', 'third']);
    expect(gate.usedBytes).toBe(60);
  });

  test('lets one in that is larger than all of it', async () => {
    const gate = new MemoryGate(100);
    const { enter } = entering(gate);
    const large = await enter('large', 1_000);
    large.release();
    expect(gate.usedBytes).toBe(0);
  });

  test('never stops who is inside: more than was expected counts and keeps others out, less lets them in', async () => {
    const gate = new MemoryGate(100);
    const { inside, enter } = entering(gate);
    const first = await enter('first', 10);
    first.resize(200);
    const second = enter('second', 10);
    await settled();
    expect(inside).toEqual(['first']);
    expect(first.isWanted()).toBe(true);
    first.resize(5);
    await second;
    expect(gate.usedBytes).toBe(15);
  });

  test('does not keep urgent work waiting', async () => {
    const gate = new MemoryGate(100);
    const { inside, enter } = entering(gate);
    await enter('backfill', 100);
    void enter('more backfill', 100);
    await enter('live', 100, { isUrgent: true });
    expect(inside).toEqual(['backfill', 'live']);
  });

  test('removes a waiter whose signal aborts, and admits the next one', async () => {
    const gate = new MemoryGate(100);
    const { inside, enter } = entering(gate);
    await enter('first', 60);
    const stopping = new AbortController();
    const large = enter('large', 90, { signal: stopping.signal });
    const small = enter('small', 30);
    stopping.abort(new Error('stopped'));
    await expect(large).rejects.toThrow('stopped');
    await small;
    expect(inside).toEqual(['first', 'small']);
  });

  test('takes what is given back twice only once', async () => {
    const gate = new MemoryGate(100);
    const { enter } = entering(gate);
    const [a, b] = [await enter('a', 40), await enter('b', 40)];
    a.release();
    a.release();
    a.resize(1_000);
    expect(gate.usedBytes).toBe(40);
    b.release();
    expect(gate.usedBytes).toBe(0);
  });
});
