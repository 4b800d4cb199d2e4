import { UsageError } from '../../lib/errors.js';
import { floorTo, secondMs } from '../../lib/interval.js';

export type ClockOptions =
  | { readonly kind: 'real' }
  | { readonly kind: 'fixed'; readonly at: Date }
  | { readonly kind: 'accelerated'; readonly from: Date; readonly factor: number };

/** The organisation's time. Real waiting times of a client (rate limits, tokens) come from the machine's clock, not from this one. */
export interface Clock {
  readonly kind: ClockOptions['kind'];
  nowMs(): number;
  /**
   * The instant records are shown as of. Equal to `nowMs` on a fixed clock; on a moving one rounded down to a real second, because
   * a result that changed with every request could never be served twice from memory.
   */
  asOfMs(): number;
  setNow(atMs: number): void;
  advance(deltaMs: number): void;
}

export function createClock(options: ClockOptions, machineMs: () => number): Clock {
  if (options.kind === 'fixed') return fixedClock(options.at.getTime());
  const startedMs = machineMs();
  const factor = options.kind === 'accelerated' ? options.factor : 1;
  if (!(factor > 0 && factor <= 1_000_000))
    throw new UsageError(`The clock's factor must be above 0 and at most 1000000, not ${factor}.`);
  const fromMs = options.kind === 'accelerated' ? options.from.getTime() : startedMs;
  return movingClock(options.kind, fromMs, factor, () => machineMs() - startedMs);
}

function fixedClock(atMs: number): Clock {
  let now = validated(atMs);
  return {
    kind: 'fixed',
    nowMs: () => now,
    asOfMs: () => now,
    setNow: (to) => {
      now = validated(to);
    },
    advance: (deltaMs) => {
      now = validated(now + deltaMs);
    },
  };
}

function movingClock(kind: 'real' | 'accelerated', fromMs: number, factor: number, elapsedMs: () => number): Clock {
  let offsetMs = 0;
  const nowMs = () => Math.floor(validated(fromMs) + elapsedMs() * factor) + offsetMs;
  const stepMs = Math.max(secondMs, Math.floor(factor * secondMs));
  return {
    kind,
    nowMs,
    asOfMs: () => floorTo(new Date(nowMs()), stepMs).getTime(),
    setNow: (to) => {
      offsetMs += validated(to) - nowMs();
    },
    advance: (deltaMs) => {
      validated(nowMs() + deltaMs);
      offsetMs += deltaMs;
    },
  };
}

/** Beyond these years days can no longer be simulated, and every later answer would fail. */
const [earliestMs, latestMs] = [Date.UTC(1990, 0, 1), Date.UTC(2100, 0, 1)];

function validated(atMs: number): number {
  if (Number.isNaN(new Date(atMs).getTime())) throw new UsageError('The clock time is not a date.');
  if (atMs < earliestMs || atMs > latestMs)
    throw new UsageError('The clock time is out of range; use one from 1990 to 2100.');
  return atMs;
}
