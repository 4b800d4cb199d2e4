import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../lib/errors.js';
import { adlsStore } from './adls-store.js';
import { folderStore } from './folder-store.js';
import { s3Store } from './s3-store.js';
import type { Store } from './store.js';

type Environment = Readonly<Record<string, string | undefined>>;

const schemePattern = /^([a-z][a-z0-9+.-]+):\/\//i;

/** Returns the address in the form that is stored and shown: folders absolute, others without a trailing slash. */
export function lakeAddress(url: string, directory: string): string {
  const scheme = schemePattern.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'file') return folderOf(url);
  if (scheme === undefined) return isAbsolute(url) ? resolve(url) : resolve(directory, url);
  if (/^[^/]+:\/\/[^/]*:[^/]*@/.test(url))
    throw new UsageError(
      'The address of a lake must not contain credentials. Put them into the variables of AWS or Azure.',
    );
  return url.replace(/\/+$/, '');
}

/** Throws a UsageError for a URL that names a folder of another machine. */
function folderOf(url: string): string {
  try {
    return resolve(fileURLToPath(url));
  } catch (error) {
    throw new UsageError(`${url} names no folder of this machine (${(error as Error).message}). Use file:///folder.`, {
      cause: error,
    });
  }
}

/**
 * Opens the store of an address that `lakeAddress` returned. Credentials are those that the
 * vendor's tools use; values in `.env` count as well. Throws a UsageError for an unsupported
 * address.
 */
export async function openStore(address: string, environment: Environment): Promise<Store> {
  const scheme = schemePattern.exec(address)?.[1]?.toLowerCase();
  if (scheme === undefined) return folderStore(address);
  if (scheme === 's3' || scheme === 's3a') return openS3(address, environment);
  if (scheme === 'abfss') return openAdls(address, environment);
  throw new UsageError(
    `${address} is not a lake address. Use a folder, s3://bucket/prefix or abfss://container@account.dfs.core.windows.net/prefix.`,
  );
}

function openS3(address: string, environment: Environment): Promise<Store> {
  const [, bucket = '', prefix = ''] = /^s3a?:\/\/([^/]+)\/?(.*)$/i.exec(address) ?? [];
  if (bucket === '') throw new UsageError(`${address} names no bucket. Use s3://bucket/prefix.`);
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  if (endpoint !== undefined) requireTls(endpoint, 'AWS_ENDPOINT_URL');
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: token,
  } = environment;
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  return s3Store({
    bucket,
    prefix,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(token !== undefined && { sessionToken: token }) },
      }),
  });
}

function openAdls(address: string, environment: Environment): Promise<Store> {
  const match = /^abfss:\/\/([^@/]+)@([^./]+)\.dfs\.core\.windows\.net\/?(.*)$/i.exec(address);
  const [, container = '', account = '', prefix = ''] = match ?? [];
  if (match === null)
    throw new UsageError(
      `${address} is not the address of a container. Use abfss://container@account.dfs.core.windows.net/prefix.`,
    );
  const { AZURE_STORAGE_CONNECTION_STRING: connectionString, AZURE_STORAGE_KEY: key } = environment;
  const { AZURE_STORAGE_ACCOUNT_KEY: accountKey = key, AZURE_STORAGE_SAS_TOKEN: sasToken } = environment;
  const blobEndpoint = /BlobEndpoint=([^;]+)/i.exec(connectionString ?? '')?.[1];
  if (blobEndpoint !== undefined) requireTls(blobEndpoint, 'AZURE_STORAGE_CONNECTION_STRING');
  return adlsStore({
    account,
    container,
    prefix,
    ...(connectionString !== undefined && { connectionString }),
    ...(accountKey !== undefined && { accountKey }),
    ...(sasToken !== undefined && { sasToken }),
  });
}

/** Throws for an unencrypted endpoint: data of conversations leaves this machine encrypted or not at all. */
function requireTls(endpoint: string, variable: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isLocal = url !== undefined && /^(localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || isLocal) return;
  throw new UsageError(`${variable} is not encrypted. Use an https:// address; http:// is for this machine only.`);
}
