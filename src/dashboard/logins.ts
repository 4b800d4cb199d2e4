import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hourMs, minuteMs } from '../lib/interval.js';

/** Wrong passwords from one address before it has to wait, and from all addresses together. */
const attemptsMax = 5;
const attemptsOfAllMax = 50;
const attemptsKeptMs = 5 * minuteMs;
/** Addresses that are remembered: a flood of them must not fill the memory. */
const addressesMax = 1_000;
const sessionsMax = 500;
const sessionMs = 12 * hourMs;
const tokenBytes = 32;

export type LoginAnswer =
  | { readonly kind: 'in'; readonly token: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly seconds: number };

/**
 * Keeps the sessions of people who gave the password, in the memory of this process: a restart ends them. The password is compared in constant time,
 * and wrong ones are counted for each address and for all together.
 */
export class Logins {
  readonly #digest: Buffer;
  readonly #nowMs: () => number;
  readonly #sessions = new Map<string, number>();
  readonly #failures = new Map<string, number[]>();
  #failuresOfAll: number[] = [];

  constructor(password: string, nowMs: () => number) {
    this.#digest = digestOf(password);
    this.#nowMs = nowMs;
  }

  /** `address` is the peer's, not what a header says of it. */
  logIn(address: string, password: string): LoginAnswer {
    const seconds = this.#secondsToWait(address);
    if (seconds > 0) return { kind: 'wait', seconds };
    if (!timingSafeEqual(digestOf(password), this.#digest)) {
      this.#fail(address);
      return { kind: 'wrong' };
    }
    this.#failures.delete(address);
    const token = randomBytes(tokenBytes).toString('base64url');
    dropOldest(this.#sessions, sessionsMax - 1);
    this.#sessions.set(keyOf(token), this.#nowMs() + sessionMs);
    return { kind: 'in', token };
  }

  isIn(token: string | undefined): boolean {
    if (token === undefined) return false;
    const until = this.#sessions.get(keyOf(token));
    if (until === undefined) return false;
    if (until > this.#nowMs()) return true;
    this.#sessions.delete(keyOf(token));
    return false;
  }

  logOut(token: string | undefined): void {
    if (token !== undefined) this.#sessions.delete(keyOf(token));
  }

  #secondsToWait(address: string): number {
    const own = this.#recent(this.#failures.get(address) ?? []);
    this.#failuresOfAll = this.#recent(this.#failuresOfAll);
    const since = own.length >= attemptsMax ? own[0] : undefined;
    const sinceOfAll = this.#failuresOfAll.length >= attemptsOfAllMax ? this.#failuresOfAll[0] : undefined;
    const begin = Math.max(since ?? 0, sinceOfAll ?? 0);
    return begin === 0 ? 0 : Math.ceil((begin + attemptsKeptMs - this.#nowMs()) / 1_000);
  }

  #fail(address: string): void {
    const now = this.#nowMs();
    const own = [...this.#recent(this.#failures.get(address) ?? []), now];
    this.#failures.delete(address);
    dropOldest(this.#failures, addressesMax - 1);
    this.#failures.set(address, own);
    this.#failuresOfAll.push(now);
  }

  #recent(times: readonly number[]): number[] {
    const begin = this.#nowMs() - attemptsKeptMs;
    return times.filter((at) => at > begin);
  }
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Tokens are kept as digests: looking one up takes no longer for a nearly right one. */
const keyOf = (token: string): string => digestOf(token).toString('base64');

function dropOldest(map: Map<string, unknown>, sizeMax: number): void {
  for (const key of map.keys()) {
    if (map.size <= sizeMax) return;
    map.delete(key);
  }
}
