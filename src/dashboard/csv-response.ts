import type { QueryResult } from '../model/mart-query.js';
import { csvHead, csvRows } from './csv.js';

/**
 * Sends rows as they are read, at the pace of the client. The first part is read before anything is sent, so that a fault still has its
 * status; `onEnd` is called once, however the sending ends.
 */
export async function csvResponse(
  fileName: string,
  parts: AsyncIterable<QueryResult>,
  onEnd: () => void,
): Promise<Response> {
  const iterator = parts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let next: IteratorResult<QueryResult>;
  try {
    next = await iterator.next();
  } catch (error) {
    onEnd();
    throw error;
  }
  let head = next.done ? '' : csvHead(next.value.columns);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (next.done) {
          onEnd();
          return controller.close();
        }
        controller.enqueue(encoder.encode(head + csvRows(next.value)));
        head = '';
        next = await iterator.next().catch((error: unknown) => {
          onEnd();
          throw error;
        });
      },
      async cancel() {
        onEnd();
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}.csv"`,
    },
  });
}
