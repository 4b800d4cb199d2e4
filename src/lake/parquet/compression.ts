import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import pLimit from 'p-limit';

interface Compression {
  readonly codec: CompressionCodec;
  /** At once, as the Parquet library wants it. */
  readonly compressors: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>>;
  /** In a thread of its own where that pays, so that another processor can do it. */
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
/** Handing fewer bytes over costs more than compressing them. */
const threadBytesMin = 65_536;

/** Zstandard where this Node.js has it, gzip elsewhere: every reader of Delta takes both. */
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
