/**
 * Orders the streams for claiming: first the one with the fewest slices in flight, and of equal
 * ones the one that has waited longest. A stream with thousands of slices, or with slices that take
 * hours, thus leaves room for all others.
 */
export class StreamTurns {
  readonly #states: Map<string, { inFlight: number; lastTurn: number }>;
  #turn = 0;

  constructor(names: Iterable<string>) {
    this.#states = new Map([...names].map((name) => [name, { inFlight: 0, lastTurn: 0 }]));
  }

  /** Returns the names of all streams, the next first; those without a turn yet are in the given order. */
  order(): string[] {
    const states = [...this.#states].sort(([, a], [, b]) => a.inFlight - b.inFlight || a.lastTurn - b.lastTurn);
    return states.map(([name]) => name);
  }

  begin(name: string): void {
    const state = this.#states.get(name);
    if (state === undefined) return;
    this.#turn += 1;
    state.inFlight += 1;
    state.lastTurn = this.#turn;
  }

  end(name: string): void {
    const state = this.#states.get(name);
    if (state !== undefined) state.inFlight -= 1;
  }
}
