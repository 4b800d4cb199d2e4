import type { ContainerClient } from '@azure/storage-blob';
import { load } from './s3-store.js';
import type { Store, StoredFile } from './store.js';

export interface AdlsOptions {
  readonly account: string;
  readonly container: string;
  /** Without leading and trailing slashes; may be empty. */
  readonly prefix: string;
  /**
   * The first of these that is set is used; else the chain of the Azure SDK (environment, workload
   * and managed identity, CLI).
   */
  readonly connectionString?: string;
  readonly accountKey?: string;
  readonly sasToken?: string;
}

const blockBytes = 8 * 1024 * 1024;
const blocksInFlight = 2;

/** Keeps a lake in a container of Azure Data Lake Storage, through the Blob service, which every account has. */
export async function adlsStore(options: AdlsOptions): Promise<Store> {
  const container = await containerOf(options);
  const { prefix } = options;
  const blob = (path: string) => container.getBlockBlobClient(prefix === '' ? path : `${prefix}/${path}`);
  const aborted = (abortSignal?: AbortSignal) => ({ ...(abortSignal && { abortSignal }) });
  return {
    address: `abfss://${options.container}@${options.account}.dfs.core.windows.net/${prefix}`,
    read: async (path, signal) => {
      try {
        return await blob(path).downloadToBuffer(0, undefined, aborted(signal));
      } catch (error) {
        if (codeOf(error) === 'BlobNotFound' || statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    list: (path, signal) => listAll(container, prefix === '' ? path : `${prefix}/${path}`, prefix, signal),
    putIfAbsent: async (path, bytes, signal) => {
      try {
        await blob(path).upload(bytes, bytes.length, { conditions: { ifNoneMatch: '*' }, ...aborted(signal) });
        return 'created';
      } catch (error) {
        if (statusOf(error) === 409 || statusOf(error) === 412) return 'exists';
        throw error;
      }
    },
    put: async (path, bytes, signal) => {
      const { Readable } = await import('node:stream');
      const stream = Readable.from(bytes, { objectMode: false });
      await blob(path).uploadStream(stream, blockBytes, blocksInFlight, aborted(signal));
    },
    delete: async (path, signal) => {
      await blob(path).deleteIfExists(aborted(signal));
    },
  };
}

async function containerOf(options: AdlsOptions): Promise<ContainerClient> {
  const { account, container, connectionString, accountKey, sasToken } = options;
  const blobs = await load(() => import('@azure/storage-blob'));
  if (connectionString !== undefined)
    return blobs.BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
  const url = `https://${account}.blob.core.windows.net`;
  if (accountKey !== undefined) {
    const credential = new blobs.StorageSharedKeyCredential(account, accountKey);
    return new blobs.BlobServiceClient(url, credential).getContainerClient(container);
  }
  if (sasToken !== undefined)
    return new blobs.BlobServiceClient(`${url}?${sasToken.replace(/^\?/, '')}`).getContainerClient(container);
  const { DefaultAzureCredential } = await load(() => import('@azure/identity'));
  return new blobs.BlobServiceClient(url, new DefaultAzureCredential()).getContainerClient(container);
}

const statusOf = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;
const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

async function listAll(
  container: ContainerClient,
  path: string,
  prefix: string,
  abortSignal?: AbortSignal,
): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  const blobs = container.listBlobsFlat({ prefix: path, includeMetadata: true, ...(abortSignal && { abortSignal }) });
  for await (const { name, properties, metadata } of blobs) {
    // Accounts with hierarchical namespaces list folders as well.
    if (metadata?.hdi_isfolder === 'true') continue;
    found.push({
      path: prefix === '' ? name : name.slice(prefix.length + 1),
      size: properties.contentLength ?? 0,
      modifiedMs: properties.lastModified.getTime(),
    });
  }
  return found;
}
