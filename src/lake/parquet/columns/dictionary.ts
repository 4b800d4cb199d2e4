/** Numbers of values after which a column is checked: where nearly all differ, a dictionary is not worthwhile. */
const looks: readonly (readonly [count: number, distinctShareMax: number])[] = [
  [1_024, 0.9],
  [4_096, 0.6],
];

/** Numbers the distinct values of a column in order of appearance, and records the number of each value. */
export class Dictionary<K extends string | number> {
  readonly #numbers = new Map<K, number>();
  #indexes: Int32Array;
  #count = 0;

  /** `capacity`: expected number of values; more may follow. */
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

  /** Adds a value; false if so many values differ that a dictionary is not worthwhile. */
  add(key: K): boolean {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
    }
    return this.#note(number);
  }

  /** Adds the last value once more. */
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
