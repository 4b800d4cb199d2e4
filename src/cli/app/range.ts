import { UsageError } from '../../lib/errors.js';

/** Throws a UsageError unless `from` is before `to`. */
export function requireOrder(from: Date, to: Date): void {
  if (from >= to)
    throw new UsageError(`--from ${from.toISOString()} is not before --to ${to.toISOString()}; swap them.`);
}
