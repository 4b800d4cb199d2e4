/** After so many values a column is looked at: where nearly all differ, a dictionary would only cost. */
const looks: readonly (readonly [count: number, distinctShareMax: number])[] = [
  [1_024, 0.9],
  [4_096, 0.6],
];

/** Numbers the distinct values of a column in the order in which they come, and notes the number of each value. */
export class Dictionary<K extends string | number> {
  readonly #numbers = new Map<K, number>();
  #indexes: Int32Array;
  #count = 0;

  /** `capacity`: values that are expected; more may come. */
  constructor(capacity: number) {
    this.#indexes = new Int32Array(capacity);
  }

  /** Distinct values, by their number. */
  keys(): K[] {
    return [...this.#numbers.keys()];
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** The number of each value that was added. */
  indexes(): Int32Array {
    return this.#indexes.subarray(0, this.#count);
  }

  /** False where so many values differ that it is better given up. */
  add(key: K): boolean {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
    }
    return this.#note(number);
  }

  /** Adds the value that came last once more. */
  repeat(): boolean {
    return this.#note(this.#indexes[this.#count - 1] as number);
  }

  #note(number: number): boolean {
    if (this.#count === this.#indexes.length) {
      const larger = new Int32Array(this.#count * 2);
      larger.set(this.#indexes);
      this.#indexes = larger;
    }
    this.#indexes[this.#count] = number;
    this.#count += 1;
    return !looks.some(([count, shareMax]) => count === this.#count && this.size > count * shareMax);
  }
}
