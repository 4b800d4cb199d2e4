import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { ServiceAnswer } from './routes.js';

const defaultHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Sends a response; rejects when the client does not receive it before the signal aborts. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ServiceAnswer | Response,
  signal?: AbortSignal,
): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  // The rest of a refused body would be parsed as the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  for (const [name, value] of Object.entries(defaultHeaders)) response.setHeader(name, value);
  const options = signal === undefined ? {} : { signal };
  if (answer instanceof Response) return await sendResponse(request, response, answer, options);
  sendText(response, answer);
  await finished(response, { ...options, readable: false });
}

function sendText(response: ServerResponse, { status, text, contentType, headers }: ServiceAnswer): void {
  const body = Buffer.from(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  response.writeHead(status, {
    'content-type': contentType ?? 'text/plain; charset=utf-8',
    'content-length': body.length,
    ...headers,
  });
  response.end(body);
}

async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Response,
  options: { readonly signal?: AbortSignal },
): Promise<void> {
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.writeHead(answer.status);
  if (answer.body === null || request.method === 'HEAD') {
    await answer.body?.cancel();
    response.end();
    await finished(response, { ...options, readable: false });
    return;
  }
  await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), response, options);
}
