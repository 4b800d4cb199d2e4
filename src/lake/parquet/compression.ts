import zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';

interface Compression {
  readonly codec: CompressionCodec;
  readonly compressors: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>>;
}

type ZstdCompress = (bytes: Uint8Array) => Uint8Array;

/** The level at which gzip is within some hundredths of zstd's size for a third of the time of its default. */
const gzipLevel = 1;

/** Zstandard where this Node.js has it (22.15 and newer), gzip elsewhere: every reader of Delta takes both. */
export const compression: Compression = choose((zlib as { zstdCompressSync?: ZstdCompress }).zstdCompressSync);

function choose(zstd: ZstdCompress | undefined): Compression {
  if (zstd !== undefined) return { codec: 'ZSTD', compressors: { ZSTD: (bytes) => zstd(bytes) } };
  return { codec: 'GZIP', compressors: { GZIP: (bytes) => zlib.gzipSync(bytes, { level: gzipLevel }) } };
}
