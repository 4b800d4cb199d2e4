import type { IncomingMessage } from 'node:http';

/**
 * Converts the request to one of the Fetch API; undefined where that is not possible (such as for a
 * malformed header).
 */
export function toFetchRequest(request: IncomingMessage, body: Buffer, signal: AbortSignal): Request | undefined {
  const { method = 'GET', url = '/', rawHeaders } = request;
  try {
    const headers = new Headers();
    for (let at = 0; at + 1 < rawHeaders.length; at += 2)
      headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
    return new Request(`http://${request.headers.host ?? 'localhost'}${url}`, {
      method,
      headers,
      signal,
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
  } catch {
    return undefined;
  }
}
