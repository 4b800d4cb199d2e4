import { describe, expect, test } from 'vitest';
import { Session } from '../../src/genesys/auth/session.js';

const hourMs = 3_600_000;
const neverAborted = new AbortController().signal;

function setUp(lifetimeMs: number) {
  const clock = { nowMs: 1_000_000 };
  const logins: (() => void)[] = [];
  const login = () =>
    new Promise<{ value: string; lifetimeMs: number }>((resolve) => {
      logins.push(() => resolve({ value: 'token', lifetimeMs }));
    });
  return { clock, logins, session: new Session({ login, clockMs: () => clock.nowMs }) };
}

describe('a session', () => {
  test('logs in once for all callers that come together', async () => {
    const { session, logins } = setUp(hourMs);
    const callers = [1, 2, 3].map(() => session.ready(neverAborted));
    expect(logins).toHaveLength(1);
    logins[0]?.();
    await Promise.all(callers);
    await session.ready(neverAborted);
    expect(logins).toHaveLength(1);
  });

  test('renews the token some time before it ends', async () => {
    const { session, logins, clock } = setUp(hourMs);
    const first = session.ready(neverAborted);
    logins[0]?.();
    await first;
    clock.nowMs += hourMs - 6 * 60_000;
    await session.ready(neverAborted);
    expect(logins).toHaveLength(1);
    clock.nowMs += 2 * 60_000;
    const second = session.ready(neverAborted);
    expect(logins).toHaveLength(2);
    logins[1]?.();
    await second;
    expect(session.generation).toBe(2);
  });

  test('keeps a token of unknown life until it is refused', async () => {
    const { session, logins, clock } = setUp(Number.NaN);
    const first = session.ready(neverAborted);
    logins[0]?.();
    await first;
    clock.nowMs += 1_000 * hourMs;
    await session.ready(neverAborted);
    expect(logins).toHaveLength(1);
  });

  test('renews a refused token once, however many callers were refused with it', async () => {
    const { session, logins } = setUp(hourMs);
    const first = session.ready(neverAborted);
    logins[0]?.();
    await first;
    const { generation } = session;
    const refused = [session.refused(generation, neverAborted), session.refused(generation, neverAborted)];
    logins[1]?.();
    await Promise.all(refused);
    await session.refused(generation, neverAborted);
    expect(logins).toHaveLength(2);
  });

  test('continues a login when the caller who began it gives up', async () => {
    const { session, logins } = setUp(hourMs);
    const controller = new AbortController();
    const quitter = session.ready(controller.signal);
    const patient = session.ready(neverAborted);
    controller.abort(new Error('no longer'));
    await expect(quitter).rejects.toThrow('no longer');
    logins[0]?.();
    await patient;
    expect(session.generation).toBe(1);
  });
});
