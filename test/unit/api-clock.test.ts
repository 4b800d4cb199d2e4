import { describe, expect, test } from 'vitest';
import { ApiClock } from '../../src/lib/api-clock.js';
import { dayMs, minuteMs, secondMs } from '../../src/lib/interval.js';

const trueMs = Date.parse('2026-03-11T10:00:00Z');

function clockAt(skewMs: number) {
  const machine = { wallMs: trueMs + skewMs, elapsedMs: 5_000 };
  const clock = new ApiClock(
    () => new Date(machine.wallMs),
    () => machine.elapsedMs,
  );
  const pass = (ms: number) => {
    machine.wallMs += ms;
    machine.elapsedMs += ms;
  };
  return { machine, clock, pass };
}

describe('the time to work by', () => {
  test('is the machine’s while that differs by little', () => {
    const { clock } = clockAt(90 * secondMs);
    clock.observe(trueMs);
    expect([clock.now().getTime(), clock.offsetMs]).toEqual([trueMs + 90 * secondMs, 0]);
  });

  test.each([40 * dayMs, -26 * 60 * minuteMs, 3 * minuteMs])(
    'is the API’s where the machine is off by %i ms',
    (skewMs) => {
      const { clock, pass } = clockAt(skewMs);
      clock.observe(trueMs);
      pass(minuteMs);
      expect(clock.now().getTime()).toBe(trueMs + minuteMs);
    },
  );

  test('is the machine’s again once that was set right', () => {
    const { clock, machine } = clockAt(40 * dayMs);
    clock.observe(trueMs);
    machine.wallMs = trueMs;
    clock.observe(trueMs);
    expect(clock.offsetMs).toBe(0);
  });

  test('is in doubt before the first answer and when the clock was set since the last', () => {
    const { clock, machine, pass } = clockAt(0);
    expect(clock.isInDoubt).toBe(true);
    clock.observe(trueMs);
    pass(dayMs);
    expect(clock.isInDoubt).toBe(false);
    machine.wallMs += 3 * minuteMs;
    expect(clock.isInDoubt).toBe(true);
  });
});
