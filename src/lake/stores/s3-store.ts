import type { S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../lib/errors.js';
import type { Store, StoredFile } from './store.js';

export interface S3Options {
  readonly bucket: string;
  /** Without leading and trailing slashes; may be empty. */
  readonly prefix: string;
  readonly endpoint?: string;
  readonly region?: string;
  /** Absent: the chain of the AWS SDK (environment, shared files, web identity, container, instance). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

const partBytes = 8 * 1024 * 1024;
const partsInFlight = 2;
const conflictStatuses: ReadonlySet<number | undefined> = new Set([409, 412]);

/** Keeps a lake in a bucket of Amazon S3, or of a compatible server that honours `If-None-Match`. */
export async function s3Store(options: S3Options): Promise<Store> {
  const s3 = await load(() => import('@aws-sdk/client-s3'));
  const { Upload } = await load(() => import('@aws-sdk/lib-storage'));
  const client = new s3.S3Client({
    region: options.region ?? (await regionOfProfile(s3)),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials && { credentials: options.credentials }),
  });
  const { bucket: Bucket, prefix } = options;
  const keyOf = (path: string) => (prefix === '' ? path : `${prefix}/${path}`);
  return {
    address: `s3://${keyOf('').length === 0 ? Bucket : `${Bucket}/${prefix}`}`,
    read: async (path, abortSignal) => {
      const answer = await client
        .send(new s3.GetObjectCommand({ Bucket, Key: keyOf(path) }), { ...(abortSignal && { abortSignal }) })
        .catch(unlessMissing);
      return answer?.Body === undefined ? undefined : Buffer.from(await answer.Body.transformToByteArray());
    },
    list: (path, abortSignal) => listAll(client, s3, { Bucket, Prefix: keyOf(path) }, prefix, abortSignal),
    putIfAbsent: async (path, Body, abortSignal) => {
      try {
        const command = new s3.PutObjectCommand({ Bucket, Key: keyOf(path), Body, IfNoneMatch: '*' });
        await client.send(command, { ...(abortSignal && { abortSignal }) });
        return 'created';
      } catch (error) {
        if (conflictStatuses.has(statusOf(error))) return 'exists';
        throw error;
      }
    },
    put: async (path, bytes, signal) => {
      const { Readable } = await import('node:stream');
      const upload = new Upload({
        client,
        params: { Bucket, Key: keyOf(path), Body: Readable.from(bytes, { objectMode: false }) },
        partSize: partBytes,
        queueSize: partsInFlight,
      });
      signal?.addEventListener('abort', () => void upload.abort().catch(() => {}), { once: true });
      await upload.done();
    },
    delete: async (path, abortSignal) => {
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key: keyOf(path) }), {
        ...(abortSignal && { abortSignal }),
      });
    },
  };
}

/** Returns the region of the AWS configuration file; servers other than Amazon's accept any. */
function regionOfProfile({ S3Client: Client }: typeof import('@aws-sdk/client-s3')): Promise<string> {
  return new Client({}).config.region().catch(() => 'us-east-1');
}

/** Loads an optional package, which installations without cloud storage do not need. */
export async function load<T>(importing: () => Promise<T>): Promise<T> {
  try {
    return await importing();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      `The client of this store is not installed (${(error as Error).message.split('\n')[0]}). Install the program without --omit=optional.`,
      { cause: error },
    );
  }
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

function unlessMissing(error: unknown): undefined {
  const { name } = error as Error;
  // Also a 404: a missing bucket is a fault, with a name of its own.
  if (name === 'NoSuchKey' || (statusOf(error) === 404 && name !== 'NoSuchBucket')) return undefined;
  throw error;
}

async function listAll(
  client: S3Client,
  { ListObjectsV2Command }: typeof import('@aws-sdk/client-s3'),
  where: { readonly Bucket: string; readonly Prefix: string },
  prefix: string,
  abortSignal?: AbortSignal,
): Promise<StoredFile[]> {
  const found: StoredFile[] = [];
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ ...where, ...(token !== undefined && { ContinuationToken: token }) });
    const page = await client.send(command, { ...(abortSignal && { abortSignal }) });
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
      const path = prefix === '' ? Key : Key.slice(prefix.length + 1);
      found.push({ path, size: Size, modifiedMs: LastModified?.getTime() ?? 0 });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return found;
}
