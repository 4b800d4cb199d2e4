/**
 * Half-open `[from, to)` in UTC. Every range in this program has this form, so that no instant
 * belongs to two adjacent intervals.
 */
export interface Interval {
  readonly from: Date;
  readonly to: Date;
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/**
 * Returns the latest multiple of `lengthMs` since the epoch that is not after `at`. Days therefore
 * start at midnight UTC.
 */
export function floorTo(at: Date, lengthMs: number): Date {
  return new Date(Math.floor(at.getTime() / lengthMs) * lengthMs);
}

export function plus(at: Date, deltaMs: number): Date {
  return new Date(at.getTime() + deltaMs);
}

export function lengthMs(interval: Interval): number {
  return interval.to.getTime() - interval.from.getTime();
}

export function earlier(a: Date, b: Date): Date {
  return a <= b ? a : b;
}

export function later(a: Date, b: Date): Date {
  return a >= b ? a : b;
}

/** Formats an interval in Genesys' notation: `2026-01-01T00:00:00.000Z/2026-01-02T00:00:00.000Z`. */
export function formatInterval(interval: Interval): string {
  return `${interval.from.toISOString()}/${interval.to.toISOString()}`;
}
