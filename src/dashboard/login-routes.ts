import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { sameOriginOnly } from './guards.js';
import { Logins } from './logins.js';
import type { DashboardApp, DashboardOptions, Peer } from './types.js';

const cookieName = 'genesys_warehouse_session';
const passwordLengthMax = 1_000;

/** `/api/login`, `/api/logout`, and the check before every other `/api/` route; without a password there is nothing to check. */
export function addLoginRoutes(app: DashboardApp, { password, now }: DashboardOptions): void {
  if (password === undefined) return;
  const logins = new Logins(password, () => now().getTime());
  app.post('/api/login', sameOriginOnly, async (context) => {
    const given = await passwordOf(context);
    const answer = logins.logIn(context.env.remoteAddress, given);
    if (answer.kind === 'wait') {
      const error = `Too many wrong passwords. Try again in ${answer.seconds} seconds.`;
      return context.json({ error }, 429, { 'retry-after': String(answer.seconds) });
    }
    if (answer.kind === 'wrong') return context.json({ error: 'This is not the password.' }, 401);
    setSession(context, answer.token);
    return context.json({});
  });
  app.post('/api/logout', sameOriginOnly, (context) => {
    logins.logOut(getCookie(context, cookieName));
    setSession(context, '');
    return context.json({});
  });
  app.use('/api/*', async (context, next) => {
    if (logins.isIn(getCookie(context, cookieName))) return next();
    return context.json({ error: 'Log in first.', isLoginNeeded: true }, 401);
  });
}

async function passwordOf(context: Context<{ Bindings: Peer }>): Promise<string> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const given = (body as { password?: unknown } | undefined)?.password;
  return typeof given === 'string' && given.length <= passwordLengthMax ? given : '';
}

/** Never readable by a script, never sent along with a request from another site. `Secure` where a proxy speaks TLS. */
function setSession(context: Context, token: string): void {
  setCookie(context, cookieName, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: context.req.header('x-forwarded-proto') === 'https',
    ...(token === '' && { maxAge: 0 }),
  });
}
