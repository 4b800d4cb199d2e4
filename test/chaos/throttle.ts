/** Measures how much slower this machine is at the moment than a quiet one; a storm that kept the latter's pace would let no process get anywhere. */
export class Pace {
  #loadMs = quietLoadMs;

  /** A process took so long to load the program. */
  observe(loadMs: number): void {
    this.#loadMs += (loadMs - this.#loadMs) * weight;
  }

  get factor(): number {
    return Math.min(factorMax, Math.max(1, this.#loadMs / quietLoadMs));
  }
}

const quietLoadMs = 600;
const weight = 0.2;
const factorMax = 5;
