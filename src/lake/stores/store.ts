import { LakeError } from '../../lib/errors.js';

/** A file or object of a store. */
export interface StoredFile {
  /** Below the store's root, with `/` between folders. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * The five operations that a lake needs. All of them may be repeated except `putIfAbsent`, whose answer then includes the first attempt:
 * a caller that gets `exists` reads the file to learn whether it is its own.
 */
export interface Store {
  /** For people, without secrets. */
  readonly address: string;
  /** Resolves to undefined where there is no such file. */
  read(path: string, signal?: AbortSignal): Promise<Buffer | undefined>;
  /** Lists the files whose path begins with `prefix`, in no order. */
  list(prefix: string, signal?: AbortSignal): Promise<StoredFile[]>;
  /** Creates a file at once and whole, or leaves the one that is there alone. Resolves when it is durable. */
  putIfAbsent(path: string, bytes: Buffer, signal?: AbortSignal): Promise<'created' | 'exists'>;
  /** Writes a file, replacing one of the same name. Resolves when it is durable. */
  put(path: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Succeeds also where there is no such file. */
  delete(path: string, signal?: AbortSignal): Promise<void>;
}

/** The store cannot be used for a lake, e.g. because it overwrites where it should refuse. */
export class StoreError extends LakeError {}
