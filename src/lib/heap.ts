import { setFlagsFromString } from 'node:v8';

/** V8's default waits until the heap is two and a half times the live data. */
const growingPercent = 40;

/**
 * Makes the garbage collector run earlier. Pages are megabytes that become garbage as soon as they
 * are stored; with V8's defaults a backfill uses a third more memory and saves only a few percent
 * of time. Call it once, before the work begins.
 */
export function limitHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
}
