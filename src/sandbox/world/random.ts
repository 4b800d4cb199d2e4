/** One round of a 32-bit finaliser: every input bit reaches every output bit. */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Folds integers into one unsigned 32-bit hash; the order of the arguments matters. */
export function hash32(a: number, b = 0, c = 0, d = 0): number {
  let h = mix32(a + 0x9e3779b9);
  h = mix32(Math.imul(h, 31) ^ (b + 0x7f4a7c15));
  h = mix32(Math.imul(h, 31) ^ (c + 0x94d049bb));
  return mix32(Math.imul(h, 31) ^ (d + 0x2545f491));
}

/** A number in [0, 1) that belongs to these integers alone; spares a whole generator where one draw is enough. */
export function unit(a: number, b = 0, c = 0, d = 0): number {
  return hash32(a, b, c, d) / 4_294_967_296;
}

/** sfc32: small, fast and the same on every machine. Node's own generator cannot be seeded. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(a: number, b = 0, c = 0, d = 0) {
    this.#a = hash32(a, b, c, d) | 0;
    this.#b = mix32(this.#a ^ 0x5bd1e995) | 0;
    this.#c = mix32(this.#b ^ 0x1b873593) | 0;
    for (let round = 0; round < 8; round++) this.bits();
  }

  /** 32 random bits. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    return this.bits() / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number in [low, high], both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('Nothing to pick from: the list is empty.');
    return item;
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** Standard normal, by Box and Muller; the second value is thrown away to keep one draw one draw. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Log-normal by median and sigma of the logarithm: the shape of handle times, with a long tail to the right. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** Log-normal in whole milliseconds, held between bounds so that no single draw can outlast a record's allowed life. */
  durationMs(medianMs: number, sigma: number, lowMs: number, highMs: number): number {
    return Math.round(Math.min(highMs, Math.max(lowMs, this.logNormal(medianMs, sigma))));
  }
}

/** The index of the bucket that `at` (in [0, 1)) falls into, for a list of running totals. */
export function bucketOf(runningTotals: readonly number[], at: number): number {
  const target = at * (runningTotals[runningTotals.length - 1] ?? 0);
  let low = 0;
  let high = runningTotals.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runningTotals[middle] ?? 0) > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function runningTotals(weights: readonly number[]): number[] {
  let total = 0;
  return weights.map((weight) => {
    total += weight;
    return total;
  });
}
