import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openStore } from '../../../src/lake/stores/open-store.js';

let server: Server;
let folder: string;
let signatures: string[];

beforeEach(async () => {
  signatures = [];
  server = createServer((request, response) => {
    signatures.push(request.headers.authorization ?? '');
    response.end('<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'aws-'));
  await writeFile(join(folder, 'config'), '[profile lake]\nregion = eu-central-1\n');
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Lists a bucket and returns the region for which the request was signed. */
async function regionOfRequest(environment: Record<string, string>): Promise<string | undefined> {
  const store = await openStore('s3://bucket/prefix', {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...environment,
  });
  expect(await store.list('')).toEqual([]);
  return /\/([a-z0-9-]+)\/s3\/aws4_request/.exec(signatures.at(-1) ?? '')?.[1];
}

test('a bucket is read in the region that is named, else in that of the profile, else in the first of Amazon', async () => {
  vi.stubEnv('AWS_PROFILE', 'lake');
  expect(await regionOfRequest({ AWS_REGION: 'ap-southeast-2' })).toBe('ap-southeast-2');
  expect(await regionOfRequest({})).toBe('eu-central-1');
  vi.stubEnv('AWS_PROFILE', undefined);
  expect(await regionOfRequest({})).toBe('us-east-1');
});
