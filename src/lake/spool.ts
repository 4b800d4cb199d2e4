import { createHash } from 'node:crypto';

/** Limits the rows kept in memory to compare them with an existing file; more than that is written without comparing. */
const spoolBytesMax = 24 * 1024 * 1024;

export interface Spooled {
  /** Digest of all rows; undefined where they exceed the memory limit, or their order may differ between two reads. */
  readonly digest?: string;
  rows(): AsyncGenerator<Buffer>;
}

/** Reads rows ahead, so that rows that a file already has need not be written again. */
export async function spool(source: AsyncIterable<Buffer>): Promise<Spooled> {
  const iterator = source[Symbol.asyncIterator]();
  const kept: Buffer[] = [];
  const hash = createHash('md5');
  let bytes = 0;
  for (let next = await iterator.next(); ; next = await iterator.next()) {
    if (next.done) return { digest: hash.digest('hex'), rows: () => only(kept) };
    kept.push(next.value);
    hash.update(next.value);
    bytes += next.value.length;
    if (bytes > spoolBytesMax) return { rows: () => all(kept, iterator) };
  }
}

async function* only(kept: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* kept;
}

/** Yields the kept rows, releasing each, and then the rest. */
async function* all(kept: Buffer[], iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let chunk = kept.shift(); chunk !== undefined; chunk = kept.shift()) yield chunk;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
