import type { Play, Scene, Staff, StaffRequest } from '../scripts/scene.js';

/** A conversation whose script has stopped, because a customer waits for an agent. */
export interface Waiting {
  readonly play: Play<void>;
  readonly index: number;
  readonly scene: Scene;
  readonly staff: Staff;
  readonly request: StaffRequest;
}

/** A binary heap by the time of the request, then by index, so that ties fall the same way every time. */
export class WaitingLine {
  readonly #heap: Waiting[] = [];

  get nextMs(): number {
    return this.#heap[0]?.request.atMs ?? Number.POSITIVE_INFINITY;
  }

  push(waiting: Waiting): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(waiting);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as Waiting, waiting)) break;
      heap[at] = heap[parent] as Waiting;
      at = parent;
    }
    heap[at] = waiting;
  }

  pop(): Waiting | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Waiting, heap[child] as Waiting)) child++;
      if (isBefore(last, heap[child] as Waiting)) break;
      heap[at] = heap[child] as Waiting;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.request.atMs - b.request.atMs < 0 || (a.request.atMs === b.request.atMs && a.index < b.index);
}
