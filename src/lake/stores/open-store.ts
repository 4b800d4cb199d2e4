import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../lib/errors.js';
import { folderStore } from './folder-store.js';
import type { Store } from './store.js';

/** Returns the address as it is kept and shown: folders absolute, others without a slash at their end. */
export function lakeAddress(url: string, directory: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//.exec(url)?.[1];
  if (scheme === 'file') return fileURLToPath(url);
  if (scheme !== undefined) return url.replace(/\/+$/, '');
  return isAbsolute(url) ? resolve(url) : resolve(directory, url);
}

/** Opens the store of an address that `lakeAddress` returned. Throws a UsageError for a scheme that there is no store for. */
export async function openStore(address: string): Promise<Store> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//.exec(address)?.[1];
  if (scheme === undefined) return folderStore(address);
  throw new UsageError(
    `${address} is no lake address; use a folder, s3://bucket/prefix or abfss://container@account.dfs.core.windows.net/prefix.`,
  );
}
