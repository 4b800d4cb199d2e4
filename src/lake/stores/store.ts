import { LakeError } from '../../lib/errors.js';

/** A file or object of a store. */
export interface StoredFile {
  /** Path below the store's root, with `/` between folders. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * The five operations that a lake needs. All of them may be repeated except `putIfAbsent`, whose
 * result then reflects the first attempt: a caller that gets `exists` reads the file to see whether
 * it is its own.
 */
export interface Store {
  /** Address for messages, without secrets. */
  readonly address: string;
  /** Reads a file; resolves to undefined if it does not exist. */
  read(path: string, signal?: AbortSignal): Promise<Buffer | undefined>;
  /** Lists the files whose path begins with `prefix`, in no order. */
  list(prefix: string, signal?: AbortSignal): Promise<StoredFile[]>;
  /** Creates a file atomically, unless it exists. Resolves when it is durable. */
  putIfAbsent(path: string, bytes: Buffer, signal?: AbortSignal): Promise<'created' | 'exists'>;
  /** Writes a file, replacing one of the same name. Resolves when it is durable. */
  put(path: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  /** Deletes a file; succeeds if it does not exist. */
  delete(path: string, signal?: AbortSignal): Promise<void>;
}

/** The store cannot be used for a lake, e.g. because it overwrites where it should refuse. */
export class StoreError extends LakeError {}
