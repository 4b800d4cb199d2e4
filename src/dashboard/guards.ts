import type { Context, Next } from 'hono';

/** Nothing from anywhere else, nothing inline: not even a successful injection finds a script to run or a host to send to. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

export async function securityHeaders(context: Context, next: Next): Promise<void> {
  await next();
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'no-store');
}

/** A request that changes something comes from the page itself: browsers say from where. */
export async function sameOriginOnly(context: Context, next: Next): Promise<Response | undefined> {
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin');
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === context.req.header('host'));
  if (isOwn && (site === undefined || site === 'same-origin' || site === 'none')) {
    await next();
    return undefined;
  }
  return context.text('This request does not come from the page itself.\n', 403);
}
