import { secondMs } from '../../lib/interval.js';

/** Describes how far a clock differs from another, such as `0.2 s after this machine`. */
export function differenceText(differenceMs: number, other: string): string {
  const seconds = Math.abs(differenceMs) / secondMs;
  const size = seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} minutes`;
  return `${size} ${differenceMs < 0 ? 'before' : 'after'} ${other}`;
}
