import { Buffer } from 'node:buffer';
import type { ClientBase } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Bytes before the rows of `copy … (format binary)`: signature, flags, length of the empty header extension. */
export const copyHeader = Buffer.from('5047434f50590aff0d0a00000000000000000000', 'hex').subarray(0, 19);
/** Bytes after the rows: the end marker. */
export const copyTrailer = Buffer.from([0xff, 0xff]);

/** A run of bytes inside a larger buffer. */
export interface Run {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Small enough to be sent while the next one is gathered, large enough that its overhead is negligible. */
const messageBytes = 64 * 1024;

/** Sends encoded rows by `copy … from stdin (format binary)`. Resolves when the server has accepted all of them. */
export async function sendRows(client: ClientBase, target: string, runs: Iterable<Run>): Promise<void> {
  const stream = client.query(copyFrom(`copy ${target} from stdin (format binary)`));
  await new Promise<void>((resolve, reject) => {
    let isOver = false;
    // Not `once`: a lost connection may emit two errors, and an error without a listener ends the
    // process.
    stream.on('error', (error) => {
      isOver = true;
      reject(error);
    });
    stream.once('finish', resolve);
    const messages = gather(runs);
    // One message at a time: after a failure the stream has released its connection, and writing to
    // it or ending it would throw an error that cannot be caught.
    const pump = (): void => {
      if (isOver) return;
      const next = messages.next();
      if (next.done) stream.end();
      else
        stream.write(next.value, (error) => {
          if (!error) pump();
        });
    };
    pump();
  });
}

/** Combines many short runs into messages of about `messageBytes`. */
function* gather(runs: Iterable<Run>): Generator<Buffer, void, void> {
  let message = Buffer.allocUnsafe(messageBytes);
  let length = copyHeader.copy(message);
  for (const run of runs) {
    let at = run.start;
    while (at < run.end) {
      const copied = run.bytes.copy(message, length, at, run.end);
      at += copied;
      length += copied;
      if (length < messageBytes) continue;
      yield message;
      message = Buffer.allocUnsafe(messageBytes);
      length = 0;
    }
  }
  yield message.subarray(0, length);
  yield copyTrailer;
}

/**
 * Receives all bytes of `copy (…) to stdout (format binary)`, including header and trailer. Resolves when the server is ready for the
 * next statement, so that a connection lost after the last row is an error here and not one that nobody catches.
 */
export async function receiveRows(client: ClientBase, query: string): Promise<Buffer> {
  const stream = client.query(copyTo(`copy (${query}) to stdout (format binary)`));
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.once('end', resolve);
  });
  const ready = new Promise<void>((resolve) => {
    (stream as unknown as { handleReadyForQuery: () => void }).handleReadyForQuery = resolve;
  });
  const failed = new Promise<never>((_, reject) => stream.on('error', reject));
  await Promise.race([Promise.all([ended, ready]), failed]);
  return Buffer.concat(chunks);
}
