import { describe, expect, test } from 'vitest';
import { RunState } from '../../src/cli/run/health.js';
import { ApiError, UsageError } from '../../src/lib/errors.js';
import { cached } from '../../src/service/cached.js';
import { errorLabel } from '../../src/service/metrics-catalog.js';

const minuteMs = 60_000;

function stateOf() {
  const world = { ms: 0, activity: 0 };
  const state = new RunState({
    now: () => new Date(world.ms),
    clockMs: () => world.ms,
    activity: () => world.activity,
  });
  return { state, world };
}

describe('a process lives', () => {
  test('as long as its tick does something, however long the tick takes', () => {
    const { state, world } = stateOf();
    state.tickBegan();
    for (let hour = 0; hour < 12; hour += 1) {
      world.ms += 15 * minuteMs;
      world.activity += 1;
      expect(state.livenessFault()).toBeUndefined();
    }
    world.ms += 19 * minuteMs;
    expect(state.livenessFault()).toBeUndefined();
    world.ms += 2 * minuteMs;
    expect(state.livenessFault()).toContain('has made no progress for 1260 s');
    world.activity += 1;
    expect(state.livenessFault()).toBeUndefined();
  });

  test('until the next tick is late by more than a pause of the machine explains', () => {
    const { state, world } = stateOf();
    state.tickBegan();
    state.tickEnded('done', 60 * minuteMs);
    world.ms += 64 * minuteMs;
    expect(state.livenessFault()).toBeUndefined();
    world.ms += 2 * minuteMs;
    expect(state.livenessFault()).toContain('late');
    state.tickBegan();
    expect(state.livenessFault()).toBeUndefined();
  });

  test('without a next tick, when the schedule has none', () => {
    const { state, world } = stateOf();
    state.tickBegan();
    state.tickEnded('failed', null);
    world.ms += 10_000 * minuteMs;
    expect(state.livenessFault()).toBeUndefined();
  });

  test('and is distinguished from one whose login is refused, which a restart does not fix', () => {
    const { state } = stateOf();
    const refused = new ApiError('no', { action: 'fail', operation: 'login' });
    state.tickBegan();
    state.failed(new UsageError('no', { cause: refused }));
    state.tickEnded('failed', 1);
    expect([state.isLoginRefused, state.livenessFault()]).toEqual([true, undefined]);
    state.tickBegan();
    state.tickEnded('partly', 1);
    expect(state.isLoginRefused).toBe(false);
    expect(state.figures()).toMatchObject({ ticks: { done: 0, partly: 1, failed: 1 }, isTicking: false });
  });
});

describe('what is read for everybody who asks', () => {
  test('is read once at a time and kept for a while', async () => {
    let ms = 0;
    let reads = 0;
    const value = cached(async () => ++reads, { keepMs: 10, waitMsMax: 1_000, clockMs: () => ms });
    expect(await Promise.all([value(), value(), value()])).toEqual(Array(3).fill({ value: 1, ageMs: 0 }));
    ms = 9;
    expect(await value()).toEqual({ value: 1, ageMs: 9 });
    ms = 10;
    expect(await value()).toEqual({ value: 2, ageMs: 0 });
  });

  test('is the last value with its age and the fault, where there is no newer one', async () => {
    let ms = 0;
    let fails = false;
    const read = async () => {
      if (fails) throw new Error('gone');
      return 'value';
    };
    const value = cached(read, { keepMs: 10, waitMsMax: 1_000, clockMs: () => ms });
    await value();
    fails = true;
    ms = 50;
    expect(await value()).toMatchObject({ value: 'value', ageMs: 50, error: { message: 'gone' } });
    fails = false;
    expect(await value()).toEqual({ value: 'value', ageMs: 0 });
  });

  test('does not wait for a reading that hangs, and starts no second one', async () => {
    let reads = 0;
    const value = cached(
      () => {
        reads += 1;
        return new Promise(() => {});
      },
      { keepMs: 10, waitMsMax: 5, clockMs: () => 0 },
    );
    expect(await value()).toMatchObject({ ageMs: null, error: { message: 'no answer within 5 ms' } });
    await value();
    expect(reads).toBe(1);
  });
});

test('an error as a label has no ids, times or secrets, and is short', () => {
  const message = `POST /jobs/0b3d6a52-6f0e-4c64-9d1c-1d3f0a5b7c11 at 2026-01-20T12:00:00.000Z: bearer abcdefgh12345678 ${'x'.repeat(500)}`;
  const label = errorLabel(message);
  expect(label).toMatch(/^POST \/jobs\/… at …: bearer \[redacted\]/);
  expect(label.length).toBeLessThanOrEqual(160);
});
