import type { IncomingMessage } from 'node:http';

export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/**
 * Reads the whole body, at most `bytesMax`; throws TooLargeError as soon as it is known to be
 * longer, without reading further.
 */
export function readBody(request: IncomingMessage, bytesMax: number, signal: AbortSignal): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) return Promise.reject(new TooLargeError());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (error?: unknown) => {
      signal.removeEventListener('abort', abort);
      request.off('data', read);
      if (error === undefined) resolve(Buffer.concat(chunks, bytes));
      else {
        request.pause();
        reject(error);
      }
    };
    const abort = () => end(signal.reason);
    const read = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) end(new TooLargeError());
      else chunks.push(chunk);
    };
    signal.addEventListener('abort', abort, { once: true });
    request.on('data', read);
    request.once('end', () => end());
    request.on('error', end);
  });
}
