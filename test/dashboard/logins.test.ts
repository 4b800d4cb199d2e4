import { beforeEach, describe, expect, test } from 'vitest';
import { Logins } from '../../src/dashboard/logins.js';

const password = 'correct horse battery';
const minute = 60_000;
let nowMs = 0;
let logins: Logins;

beforeEach(() => {
  nowMs = 1_000_000;
  logins = new Logins(password, () => nowMs);
});

function tokenOf(address = 'a'): string {
  const answer = logins.logIn(address, password);
  if (answer.kind !== 'in') throw new Error(`The login was answered with ${answer.kind}.`);
  return answer.token;
}

function fail(times: number, address: (index: number) => string): void {
  for (let index = 0; index < times; index++) logins.logIn(address(index), 'wrong');
}

describe('a login', () => {
  test('gives a session of twelve hours, which ends earlier when it is ended', () => {
    const token = tokenOf();
    expect(token.length).toBeGreaterThan(40);
    expect(logins.isIn(token)).toBe(true);
    nowMs += 12 * 60 * minute - 1;
    expect(logins.isIn(token)).toBe(true);
    nowMs += 1;
    expect(logins.isIn(token)).toBe(false);
    const other = tokenOf();
    logins.logOut(other);
    expect(logins.isIn(other)).toBe(false);
  });

  test('needs the very password', () => {
    for (const wrong of ['', ' ', password.slice(0, -1), `${password} `, password.toUpperCase()]) {
      expect(new Logins(password, () => nowMs).logIn('a', wrong)).toEqual({ kind: 'wrong' });
    }
    expect(logins.isIn(undefined)).toBe(false);
    expect(logins.isIn('made-up')).toBe(false);
  });

  test('has to wait after five wrong passwords of an address, the right one included', () => {
    fail(5, () => 'a');
    expect(logins.logIn('a', password)).toEqual({ kind: 'wait', seconds: 300 });
    expect(logins.logIn('b', password).kind).toBe('in');
    nowMs += 5 * minute;
    expect(logins.logIn('a', password).kind).toBe('in');
  });

  test('has to wait after fifty wrong passwords of any addresses', () => {
    fail(50, (index) => `address ${index}`);
    expect(logins.logIn('new', password).kind).toBe('wait');
    nowMs += 5 * minute;
    expect(logins.logIn('new', password).kind).toBe('in');
  });

  test('keeps a bounded number of sessions: the oldest go', () => {
    const tokens = Array.from({ length: 501 }, () => tokenOf());
    expect(logins.isIn(tokens[0])).toBe(false);
    expect(logins.isIn(tokens[1])).toBe(true);
    expect(logins.isIn(tokens[500])).toBe(true);
  });
});
