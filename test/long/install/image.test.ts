/** The image, built by podman and run as docker-compose.yml and Kubernetes run it. Its base: .ci/base-image. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../../src/lib/version.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createDatabase, type TestDatabase, testPool } from '../../support/postgres.js';
import { environmentFor } from '../../support/program.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const env = { CONTAINERS_CONF: `${root}.ci/containers.conf`, ...process.env };
const base = 'docker.io/library/node:24-slim';
const image = 'localhost/genesys-warehouse:test';
const megaByte = 1_000_000;
/** Bounds what the image adds to its base: the program, its libraries, migrations and views. */
const addedBytesMax = 80 * megaByte;
const buildMsMax = 15 * 60_000;

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Does not block this process, which serves the sandbox that containers ask. */
function podman(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('podman', args, { env, encoding: 'utf8', maxBuffer: 64 * megaByte }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, output: stdout.trim(), errors: stderr.trim() });
    });
  });
}

const hasBase = (await podman('image', 'exists', base)).status === 0;
if (!hasBase) console.warn(`podman or its image ${base} is missing (.ci/packages gives both): no image was built.`);

/** Lets npm in the build ask the registry that this machine asks, by the certificates that it trusts. */
function registryOptions(): readonly string[] {
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  const settings = `${homedir()}/.npmrc`;
  return [
    ...(existsSync(settings) ? ['--volume', `${settings}:/root/.npmrc:ro`] : []),
    ...(certificates
      ? ['--volume', `${certificates}:${certificates}:ro`, '--env', `NODE_EXTRA_CA_CERTS=${certificates}`]
      : []),
  ];
}

describe.skipIf(!hasBase)('the image', () => {
  let sandbox: Sandbox;
  let database: TestDatabase;
  let hardened: readonly string[];

  beforeAll(async () => {
    const built = await podman(
      'build',
      '--pull=never',
      '--network',
      'host',
      ...registryOptions(),
      '--tag',
      image,
      root,
    );
    if (built.status !== 0) throw new Error(built.errors.slice(-2_000));
    sandbox = await startSandbox({ seed: 7, conversationsPerDay: 100, agents: 8, requestsPerMinute: 'unlimited' });
    database = await createDatabase();
    const environment = { ...environmentFor(sandbox, database.url), GENESYS_WAREHOUSE_START: '1d' };
    hardened = [
      'run',
      '--rm',
      '--read-only',
      '--cap-drop=all',
      '--security-opt=no-new-privileges',
      // The server and the sandbox of the tests listen on loopback.
      '--network=host',
      ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ];
  }, buildMsMax);

  afterAll(async () => {
    await sandbox?.close();
    await database?.drop();
  });

  const inside = (...args: readonly string[]) => podman(...hardened, image, ...args);
  const shell = (command: string) => podman(...hardened, '--entrypoint', 'sh', image, '-c', command);
  const bytesOf = async (name: string) =>
    Number((await podman('image', 'inspect', name, '--format', '{{.Size}}')).output);

  test('adds at most 80 MB to its base', async () => {
    const added = (await bytesOf(image)) - (await bytesOf(base));
    console.info(`The image adds ${Math.round(added / megaByte)} MB to its base.`);
    expect(added).toBeGreaterThan(megaByte);
    expect(added).toBeLessThan(addedBytesMax);
  });

  test('holds nothing for one processor only, no sources, no tests and no settings', async () => {
    expect((await shell('find /app -name "*.node"; ls -d /app/src /app/test /app/.env 2>/dev/null')).output).toBe('');
    expect((await shell('LC_ALL=C ls /app')).output.split('\n')).toEqual([
      'LICENSE',
      'dist',
      'migrations',
      'node_modules',
      'package.json',
      'sql',
    ]);
  });

  test('runs as a user who is not root and can write nowhere but in its folder', async () => {
    expect((await shell('id -u; id -g')).output).toBe('1000\n1000');
    expect((await shell('touch /app/file')).errors).toContain('Read-only file system');
    expect((await shell('touch /app/dist/main.js')).errors).toContain('Permission denied');
    expect(await shell('touch /data/.env')).toMatchObject({ status: 0 });
  });

  test('says its version', async () => {
    expect(await inside('--version')).toMatchObject({ status: 0, output: version });
  });

  test('checks, migrates, pulls and reports on a read-only root without capabilities', async () => {
    const doctor = await inside('doctor', '--json');
    expect(JSON.parse(doctor.output).checks.filter(({ state }: { state: string }) => state === 'fault')).toEqual([]);
    const migrated = await inside('migrate');
    expect(migrated.status, migrated.errors).toBe(0);
    const synced = await inside('sync');
    expect(synced.status, synced.errors).toBe(0);
    expect((await inside('export', 'rpt_queue_days')).output.split('\n').length).toBeGreaterThan(2);
  });

  test('has stored what the sandbox has', async () => {
    const pool = testPool(database.url, 1);
    const { rows } = await pool.query('select count(*)::int as count from mart.fct_conversations');
    await pool.end();
    expect(rows[0].count).toBeGreaterThan(20);
  });

  test('stops by SIGTERM as the program does', async () => {
    const name = `gw-test-${process.pid}`;
    const child = spawn(
      'podman',
      [
        ...hardened.slice(0, 1),
        '--name',
        name,
        ...hardened.slice(1),
        '--env',
        'GENESYS_WAREHOUSE_SERVICE_PORT=0',
        image,
        'run',
      ],
      { env },
    );
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk) => /"msg":"(run|sync) done"/.test(String(chunk)) && resolve());
      child.on('close', () => reject(new Error('The container ended before it was stopped.')));
    });
    expect(await podman('stop', '--time', '15', name)).toMatchObject({ status: 0 });
    expect(await ended).toBe(143);
  });
});
