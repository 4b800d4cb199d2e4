import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost } from '../../../lib/loopback.js';
import { type Answer, json } from '../http/answer.js';

/**
 * Refuses what a web page of another origin could send to the control routes, or make a browser send through a name that
 * its owner has pointed at this machine: the `Host` must be a loopback one, an `Origin` must be this server's own, and a
 * body must call itself JSON, which pages may not send elsewhere without being asked first. Undefined: let it through.
 */
export function refuseForeign(headers: IncomingHttpHeaders, hasBody: boolean): Answer | undefined {
  const { host, origin } = headers;
  const address = `http://${host ?? ''}`;
  if (!URL.canParse(address) || !isLoopbackHost(new URL(address).hostname))
    return json({ error: 'Call the sandbox by its loopback address.' }, 421);
  if (origin !== undefined && origin !== new URL(address).origin)
    return json({ error: 'Pages of other origins cannot control the sandbox.' }, 403);
  if (hasBody && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return json({ error: 'Send the body with Content-Type: application/json.' }, 415);
  return undefined;
}
