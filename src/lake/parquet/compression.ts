import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import pLimit from 'p-limit';

interface Compression {
  readonly codec: CompressionCodec;
  /** Synchronous, as the Parquet library requires. */
  readonly compressors: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>>;
  /** In a separate thread where that is worthwhile, so that another processor can do it. */
  readonly compress: Compress;
}

/** Zstandard, which Node.js has since 22.15. */
interface Zstd {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
  readonly zstdCompress?: (bytes: Uint8Array, done: (error: Error | null, result: Buffer) => void) => void;
}

/** Level at which gzip is within a few percent of zstd's size, in a third of the time of its default. */
const gzipLevel = 1;

/** As many as libuv has threads, because each waiting one would hold a quarter of a megabyte. */
const atOnce = pLimit(4);
/** Passing fewer bytes to a thread costs more than compressing them. */
const threadBytesMin = 65_536;

/** Zstandard where this Node.js has it, gzip elsewhere; every reader of Delta supports both. */
export const compression: Compression = choose(zlib as Zstd);

function choose({ zstdCompressSync, zstdCompress }: Zstd): Compression {
  if (zstdCompressSync !== undefined && zstdCompress !== undefined)
    return {
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
      compress: inThread(zstdCompressSync, promisify(zstdCompress)),
    };
  const gzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip);
  const gzipSync = (bytes: Uint8Array) => zlib.gzipSync(bytes, { level: gzipLevel });
  return {
    codec: 'GZIP',
    compressors: { GZIP: gzipSync },
    compress: inThread(gzipSync, (bytes) => gzip(bytes, { level: gzipLevel })),
  };
}

type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

function inThread(here: (bytes: Uint8Array) => Uint8Array, there: Compress): Compress {
  return async (bytes) => (bytes.length < threadBytesMin ? here(bytes) : atOnce(() => there(bytes)));
}
