import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { ByteWriter } from 'hyparquet-writer';

/** Limit of bytes that are written ahead of the store. */
const bufferedBytesMax = 4 * 1024 * 1024;

/** A byte writer whose bytes go to a store while it is written; memory holds a row group and the bytes in flight. */
export class ByteSink extends ByteWriter {
  readonly #stream = new PassThrough({ highWaterMark: bufferedBytesMax });
  readonly #stored: Promise<void>;
  #failure: Error | undefined;

  /** `store` consumes the bytes until they end. */
  constructor(store: (bytes: AsyncIterable<Uint8Array>) => Promise<void>) {
    super();
    this.#stored = store(this.#stream);
    this.#stored.catch((error: Error) => {
      this.#failure = error;
      this.#stream.destroy(error);
    });
    this.#stream.on('error', () => {});
  }

  /** Sends the buffered bytes; resolves when there is room for more. */
  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const chunk = Buffer.from(this.getBytes());
    this.index = 0;
    if (chunk.length === 0 || this.#stream.write(chunk)) return;
    await Promise.race([once(this.#stream, 'drain'), this.#stored]);
    if (this.#failure) throw this.#failure;
  }

  /** Resolves when the store has everything. */
  async close(): Promise<void> {
    await this.flush();
    this.#stream.end();
    await this.#stored;
  }

  async abort(reason: Error): Promise<void> {
    this.#stream.destroy(reason);
    await this.#stored.catch(() => {});
  }
}
