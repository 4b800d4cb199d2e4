import { randomUUID } from 'node:crypto';
import { type Store, StoreError } from './store.js';

/**
 * Tests, with a file of its own, that the store refuses to create an existing file. Throws a
 * StoreError for one that overwrites.
 */
export async function requireConditionalPuts(store: Store): Promise<void> {
  const path = `_genesys_warehouse_check/${randomUUID()}`;
  const [first, second] = [Buffer.from('first'), Buffer.from('second')];
  try {
    const answers = [await store.putIfAbsent(path, first), await store.putIfAbsent(path, second)];
    const held = await store.read(path);
    if (answers.join() === 'created,exists' && held?.equals(first)) return;
  } finally {
    await store.delete(path).catch(() => {});
  }
  throw new StoreError(
    `${store.address} overwrites a file that must be created only once, so two exports could lose data. Use a store with conditional puts: a folder, Amazon S3 or one that honours If-None-Match, Azure Data Lake Storage.`,
  );
}
