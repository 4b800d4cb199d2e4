import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSnapshot } from '../../../src/lake/delta/snapshot.js';
import { openStore } from '../../../src/lake/stores/open-store.js';
import { requireConditionalPuts } from '../../../src/lake/stores/require-conditional-puts.js';
import type { Store } from '../../../src/lake/stores/store.js';
import { vacuumTable } from '../../../src/lake/vacuum.js';
import { at, namesIn, type Thing, table, write } from '../../unit/lake/support.js';
import { nodeProgram, pythonWith } from './tools.js';

const python = pythonWith('moto.server') ?? '';
const azurite = nodeProgram('azurite-blob') ?? '';
const startMsMax = 60_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Resolves when somebody listens. */
async function listening(port: number): Promise<void> {
  for (const until = performance.now() + startMsMax; ; ) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isThere) return;
    if (performance.now() > until) throw new Error(`Nobody listens on port ${port}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const things: readonly Thing[] = Array.from(
  { length: 500 },
  (_, index): Thing => [`thing ${String(index).padStart(4, '0')}`, index, `2026-03-0${1 + (index % 3)}T10:00:00.000Z`],
);
const days = ['2026-03-01', '2026-03-02', '2026-03-03'];
const names = things.map(([name]) => name);

/** Tests the behaviour that every store must have. */
function behavesAsStore(storeOf: () => Store): void {
  test('creates a file once, even when others try at the same time', async () => {
    await requireConditionalPuts(storeOf());
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => storeOf().putIfAbsent('race/one', Buffer.from(String(index)))),
    );
    expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
    expect(await storeOf().read('race/none')).toBeUndefined();
  });

  test('writes, lists and deletes files of more than one part', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024, 'x');
    await storeOf().put(
      'big/file',
      (async function* () {
        for (let from = 0; from < bytes.length; from += 100_000) yield bytes.subarray(from, from + 100_000);
      })(),
    );
    expect(await storeOf().list('big/')).toMatchObject([{ path: 'big/file', size: bytes.length }]);
    expect((await storeOf().read('big/file'))?.equals(bytes)).toBe(true);
    await storeOf().delete('big/file');
    await storeOf().delete('big/file');
    expect(await storeOf().list('big/')).toEqual([]);
  });

  test('keeps a table: days are written, replaced, followed from a checkpoint, vacuumed', async () => {
    for (let number = 1; number <= 12; number += 1) {
      const changed: Thing = [`extra ${number}`, 1, '2026-03-02T12:00:00.000Z'];
      await write(storeOf(), [...things, changed], days, { exportNumber: number });
    }
    await write(storeOf(), things, days, { exportNumber: 20 });
    expect(await namesIn(storeOf())).toEqual(names);
    expect((await readSnapshot(storeOf(), table.path)).checkpointVersion).toBe(10);
    const nowMs = at.getTime() + 366 * 86_400_000;
    expect(
      (await vacuumTable(storeOf(), table.path, { keepMs: 3_600_000, nowMs, isDryRun: false })).files,
    ).toBeGreaterThan(11);
    expect(await namesIn(storeOf())).toEqual(names);
  });

  test('of two exports at once lets both end, with the rows of the later one', async () => {
    const later: Thing[] = things.map(([name, value, startedAt]) => [`${name} later`, value, startedAt]);
    await Promise.all([
      write(storeOf(), things, days, { exportNumber: 30 }),
      write(storeOf(), later, days, { exportNumber: 31 }),
    ]);
    expect(await namesIn(storeOf())).toEqual(later.map(([name]) => name));
  });
}

describe.skipIf(python === '')('Amazon S3, as moto plays it', () => {
  let server: ChildProcess;
  let store: Store;

  beforeAll(async () => {
    const port = await freePort();
    server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    await listening(port);
    const environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
    };
    await fetch(`${environment.AWS_ENDPOINT_URL}/bucket`, { method: 'PUT' });
    store = await openStore('s3://bucket/some/prefix', environment);
  }, 120_000);
  afterAll(() => void server?.kill());

  behavesAsStore(() => store);
});

describe.skipIf(azurite === '')('Azure Data Lake Storage, as Azurite plays it', () => {
  let server: ChildProcess;
  let store: Store;
  let folder: string;

  beforeAll(async () => {
    const port = await freePort();
    folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    const options = [
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      String(port),
      '--location',
      folder,
      '--skipApiVersionCheck',
    ];
    server = spawn(process.execPath, [azurite, ...options, '--silent', '--disableTelemetry'], { stdio: 'ignore' });
    await listening(port);
    // The account that Azurite documents.
    const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
    const connection = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};BlobEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`;
    const { BlobServiceClient } = await import('@azure/storage-blob');
    await BlobServiceClient.fromConnectionString(connection).getContainerClient('container').create();
    store = await openStore('abfss://container@devstoreaccount1.dfs.core.windows.net/some/prefix', {
      AZURE_STORAGE_CONNECTION_STRING: connection,
    });
  }, 120_000);
  afterAll(async () => {
    server?.kill();
    // The server may still write while it ends.
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  behavesAsStore(() => store);
});
