import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import pLimit from 'p-limit';

interface Compression {
  readonly codec: CompressionCodec;
  /** At once, as the Parquet library wants it. */
  readonly compressors: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>>;
  /** In a thread of its own, so that another processor can do it. */
  readonly compress: Compress;
}

/** Zstandard as Node.js has it since 22.15. */
interface Zstd {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
  readonly zstdCompress?: (bytes: Uint8Array, done: (error: Error | null, result: Buffer) => void) => void;
}

/** The level at which gzip is within some hundredths of zstd's size for a third of the time of its default. */
const gzipLevel = 1;

/** As many as libuv has threads: each that waits would hold a quarter of a megabyte. */
const atOnce = pLimit(4);

/** Zstandard where this Node.js has it, gzip elsewhere: every reader of Delta takes both. */
export const compression: Compression = choose(zlib as Zstd);

function choose({ zstdCompressSync, zstdCompress }: Zstd): Compression {
  if (zstdCompressSync !== undefined && zstdCompress !== undefined)
    return {
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
      compress: inThread(promisify(zstdCompress)),
    };
  const gzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip);
  return {
    codec: 'GZIP',
    compressors: { GZIP: (bytes) => zlib.gzipSync(bytes, { level: gzipLevel }) },
    compress: inThread((bytes) => gzip(bytes, { level: gzipLevel })),
  };
}

type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

function inThread(compress: Compress): Compress {
  return (bytes) => atOnce(() => compress(bytes));
}
