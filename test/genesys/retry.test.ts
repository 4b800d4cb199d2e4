import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  attemptsMax,
  gatewayTimeoutAttemptsMax,
  jitteredMs,
  type RetryOptions,
  withRetry,
} from '../../src/genesys/request/retry.js';
import { ApiError, type ApiErrorFacts, DeferredError } from '../../src/lib/errors.js';

const start = new Date('2026-01-05T10:00:00Z');

function failing(facts: Partial<ApiErrorFacts>): ApiError {
  return new ApiError('It failed.', { operation: 'call', action: 'retry', ...facts });
}

function setUp(options: Partial<RetryOptions> = {}) {
  const sleepsMs: number[] = [];
  const sleep = async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    sleepsMs.push(ms);
  };
  return { sleepsMs, options: { waitMsMax: 3_600_000, now: () => start, sleep, random: () => 0.999_999, ...options } };
}

/** Fails with the errors in turn, then resolves to the number of attempts made. */
function attempts(errors: readonly Error[]) {
  let made = 0;
  return async () => {
    made += 1;
    const error = errors[made - 1];
    if (error) throw error;
    return made;
  };
}

const neverAborted = new AbortController().signal;

describe('a call', () => {
  test('that fails in passing is tried again, with delays that double', async () => {
    const { options, sleepsMs } = setUp();
    await expect(withRetry(attempts([failing({}), failing({}), failing({})]), options, neverAborted)).resolves.toBe(4);
    expect(sleepsMs).toEqual([500, 1_000, 2_000]);
  });

  test('that keeps failing is given up after a bounded number of attempts, and says so', async () => {
    const { options, sleepsMs } = setUp();
    const error = failing({ status: 503 });
    const call = withRetry(attempts(Array(99).fill(error)), options, neverAborted);
    await expect(call).rejects.toThrow(`It was tried ${attemptsMax} times.`);
    await expect(call).rejects.toHaveProperty('facts', error.facts);
    expect(sleepsMs).toHaveLength(attemptsMax - 1);
  });

  test('waits as long as Retry-After says, before any delay of its own', async () => {
    const { options, sleepsMs } = setUp();
    const errors = [failing({ retryAfterMs: 7_000 }), failing({ action: 'wait', retryAfterMs: 60_000 })];
    await withRetry(attempts(errors), options, neverAborted);
    expect(sleepsMs).toEqual([7_000, 60_000]);
  });

  test('that has to wait more often than it may fail still succeeds', async () => {
    const { options } = setUp();
    const errors = Array(attemptsMax * 3).fill(failing({ action: 'wait', retryAfterMs: 10 }));
    await expect(withRetry(attempts(errors), options, neverAborted)).resolves.toBe(errors.length + 1);
  });

  test('that would wait longer than it may ends with the time at which to retry', async () => {
    const { options, sleepsMs } = setUp({ waitMsMax: 90_000 });
    const errors = [
      failing({ action: 'wait', retryAfterMs: 60_000 }),
      failing({ action: 'wait', retryAfterMs: 60_000 }),
    ];
    const error = await withRetry(attempts(errors), options, neverAborted).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(DeferredError);
    expect(error.notBefore).toEqual(new Date('2026-01-05T10:01:00Z'));
    expect(sleepsMs).toEqual([60_000]);
  });

  test('that is always rate-limited ends as pending and not as failed', async () => {
    const { options } = setUp();
    const errors = Array(1_000).fill(failing({ action: 'wait', retryAfterMs: 1 }));
    await expect(withRetry(attempts(errors), options, neverAborted)).rejects.toBeInstanceOf(DeferredError);
  });

  test('that times out at the gateway is tried once more before its interval is split', async () => {
    const { options } = setUp();
    const timeout = failing({ action: 'split', status: 504 });
    await expect(withRetry(attempts([timeout]), options, neverAborted)).resolves.toBe(gatewayTimeoutAttemptsMax);
    await expect(withRetry(attempts([timeout, timeout]), options, neverAborted)).rejects.toHaveProperty(
      'facts.action',
      'split',
    );
  });

  test.each(['split', 'restart', 'unavailable', 'fail', 'dead_letter', 'login'] as const)(
    'that cannot be cured by repeating (%s) is not repeated',
    async (action) => {
      const { options, sleepsMs } = setUp();
      const error = failing({ action, status: 400 });
      await expect(withRetry(attempts([error]), options, neverAborted)).rejects.toBe(error);
      expect(sleepsMs).toEqual([]);
    },
  );

  test('that fails with something else than an answer of the API is not repeated', async () => {
    const { options } = setUp();
    const bug = new TypeError('a bug');
    await expect(withRetry(attempts([bug]), options, neverAborted)).rejects.toBe(bug);
  });

  test('ends at once, with the signal’s reason, when it is aborted between attempts', async () => {
    const controller = new AbortController();
    const { options } = setUp({ onRetry: () => controller.abort(new Error('stop')) });
    await expect(withRetry(attempts([failing({})]), options, controller.signal)).rejects.toThrow('stop');
  });
});

test('delays stay between nothing and a bound, however often a call fails', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, random) => {
        const ms = jitteredMs(failures, () => random);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(30_000);
      },
    ),
  );
});
