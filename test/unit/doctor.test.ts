import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { demoCall } from '../../src/cli/demo.js';
import { exitStatusOf } from '../../src/cli/doctor/check.js';
import { checkDataDisk, checkDisk } from '../../src/cli/doctor/disk.js';
import { checkNode, checkPort, checkProxy, nodeMin } from '../../src/cli/doctor/machine.js';
import { bytesText } from '../../src/cli/doctor/units.js';
import { parseConfig } from '../../src/config/config.js';
import { programCall } from '../../src/lib/program-call.js';
import { allStreams } from '../../src/streams/catalog.js';
import { dataAccess } from '../../src/streams/data-access.js';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('every stream is in the table of permissions, and no other', () => {
  const streams = allStreams({} as never, { granularity: 'PT30M' }).map(({ name }) => name);
  const named = new Set(dataAccess.flatMap((entry) => entry.streams));
  expect([...named].sort()).toEqual([...streams].sort());
});

test('the oldest Node is the one that package.json asks for', () => {
  expect(manifest.engines.node).toBe(`>=${nodeMin.major}.${nodeMin.minor}`);
});

test.each([
  ['v18.20.0', 'linux-x64', 'fault'],
  ['v20.18.9', 'linux-x64', 'fault'],
  ['v20.19.0', 'linux-x64', 'ok'],
  ['v24.1.0', 'darwin-arm64', 'ok'],
  ['v22.1.0', 'freebsd-x64', 'note'],
])('Node %s on %s is %s', (version, where, state) => {
  expect(checkNode(version, where).state).toBe(state);
});

async function withServer(answer: string, work: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await work((server.address() as AddressInfo).port).finally(() => server.close());
}

test('a port that this program serves already is as it should be', async () => {
  await withServer('genesys_warehouse_up 1\n', async (port) => {
    const service = { host: '127.0.0.1', port, isPortGiven: true, names: [] };
    expect(await checkPort(service)).toMatchObject({ state: 'ok' });
  });
});

test('the default port, taken by another program, is a warning, since run starts without it', async () => {
  await withServer('something else', async (port) => {
    const service = { host: '127.0.0.1', port, isPortGiven: false, names: [] };
    expect(await checkPort(service)).toMatchObject({ state: 'warning', remedy: expect.stringContaining('Choose') });
  });
});

test('an address that this machine does not have is a fault that names the variable', async () => {
  const service = { host: '203.0.113.7', port: 65_001, isPortGiven: true, names: [] };
  const found = await checkPort(service);
  expect(found.state).toBe('fault');
  expect(`${found.detail} ${found.remedy}`).toContain('GENESYS_WAREHOUSE_SERVICE_HOST');
});

test('a disk that cannot be asked is named', async () => {
  expect(await checkDisk('/no/such/directory', true)).toMatchObject({ state: 'warning' });
});

test('the disk of a database is checked where its folder is on this machine, and nowhere else', async () => {
  const here = import.meta.dirname;
  const local = 'postgres://u@127.0.0.1:5432/warehouse';
  expect(await checkDataDisk(local, here)).toMatchObject([{ area: 'database', name: 'disk' }]);
  expect(await checkDataDisk('postgres:///warehouse?host=/run/postgresql', here)).toHaveLength(1);
  expect(await checkDataDisk('postgres://u@db.example.com/warehouse', here)).toEqual([]);
  expect(await checkDataDisk(local, '/no/such/directory')).toEqual([]);
  expect(await checkDataDisk(local, null)).toEqual([]);
});

test('the proxy is shown without its password, and only where requests go through it', () => {
  const found = (more: Record<string, string>) => {
    const login = { GENESYSCLOUD_OAUTHCLIENT_ID: 'id', GENESYSCLOUD_OAUTHCLIENT_SECRET: 'a-secret-of-tests' };
    return checkProxy(parseConfig({ ...login, GENESYSCLOUD_REGION: 'eu-central-1', ...more }, { api: true }).api);
  };
  const proxy = { HTTPS_PROXY: 'http://me:hidden-word@proxy.example.com:3128' };
  expect(found({})).toMatchObject({ state: 'ok', detail: 'none: the API is asked directly' });
  expect(found({ ...proxy, NO_PROXY: 'db.example.com' }).detail).toBe(
    'http://proxy.example.com:3128, except for db.example.com',
  );
  expect(found({ ...proxy, NO_PROXY: 'mypurecloud.de' }).detail).toBe('not used: api.mypurecloud.de is asked directly');
  expect(found({ ...proxy, GENESYSCLOUD_API_URL: 'http://127.0.0.1:8123' }).detail).toContain('on this machine');
  expect(() => found({ HTTPS_PROXY: 'proxy' })).toThrow('HTTPS_PROXY is not the address of an HTTP proxy');
  expect(checkProxy(undefined).state).toBe('skipped');
});

test('the exit status is that of the worst', () => {
  const check = (state: 'ok' | 'note' | 'warning' | 'fault' | 'skipped') =>
    ({ area: 'machine', name: 'x', state, detail: '' }) as const;
  const access = (state: 'granted' | 'missing' | 'not_offered' | 'not_used' | 'unknown') =>
    ({ dataSets: [], permission: null, lost: '', state }) as const;
  expect(exitStatusOf([check('ok'), check('note'), check('skipped')], [access('granted'), access('not_used')])).toBe(0);
  expect(exitStatusOf([], [access('not_offered')])).toBe(0);
  expect(exitStatusOf([check('warning')], [])).toBe(1);
  expect(exitStatusOf([], [access('missing')])).toBe(1);
  expect(exitStatusOf([], [access('unknown')])).toBe(1);
  expect(exitStatusOf([check('fault'), check('warning')], [access('missing')])).toBe(2);
});

test.each([
  [0, '0 bytes'],
  [1_536, '1.5 kB'],
  [536_870_912, '512 MB'],
  [4_294_967_296, '4.0 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

const directory = '/home/me/warehouse';
test.each([
  ['a global installation', { script: '/usr/local/bin/genesys-warehouse', environment: {} }, 'genesys-warehouse'],
  [
    'npx',
    { script: `${directory}/node_modules/.bin/genesys-warehouse`, environment: { npm_command: 'exec' } },
    'npx genesys-warehouse',
  ],
  [
    'a script of package.json',
    { script: `${directory}/dist/main.js`, environment: { npm_command: 'run-script' } },
    'npx genesys-warehouse',
  ],
  ['node in its folder', { script: `${directory}/dist/main.js`, environment: {} }, 'node dist/main.js'],
  ['node elsewhere', { script: '/opt/g w/dist/main.js', environment: {} }, 'node "/opt/g w/dist/main.js"'],
  ['the image', { script: '/app/dist/main.js', environment: {} }, 'docker compose run --rm extractor'],
])('started by %s, it prints commands that start it the same way', (_, start, call) => {
  expect(programCall({ directory, ...start })).toBe(call);
});

test.each([
  [
    'npm run demo in its folder',
    { npm_lifecycle_event: 'demo', npm_command: 'run-script' },
    'dist/main.js',
    'npm run demo --',
  ],
  ['npx', { npm_command: 'exec' }, 'node_modules/.bin/genesys-warehouse', 'npx genesys-warehouse demo'],
  ['node in its folder', {}, 'dist/main.js', 'node dist/main.js demo'],
])('the demo that was started by %s names the command that starts it the same way', (_, environment, script, call) => {
  const started = programCall({ directory, script: `${directory}/${script}`, environment });
  expect(demoCall({ call: started, environment })).toBe(call);
});

test('install.md lists every permission that there is', () => {
  const page = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
  const permissions = dataAccess.flatMap(({ permission }) => permission ?? []);
  expect(permissions.filter((permission) => !page.includes(`\`${permission}\``))).toEqual([]);
});
