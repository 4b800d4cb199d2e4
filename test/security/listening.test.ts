import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { listeningAddresses } from './listening.js';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

test('a server is opened at the loopback address, or at the host that the configuration names; nowhere else in the program', () => {
  const calls = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(source + file, 'utf8').matchAll(/\b\w*[sS]erver\.listen\(([^)]*)\)?/g)].map(
        (match) => `${file.replaceAll('\\', '/')}: ${(match[1] ?? '').split(',').slice(0, 2).join(',').trim()}`,
      ),
    );
  const strange = calls.filter((call) => !/, '127\.0\.0\.1'$/.test(call));
  // `doctor` tries the service port for a moment, at the host that it will have.
  expect(strange.sort()).toEqual(['cli/doctor/machine.ts: port, host', 'service/http-server.ts: port, host']);
  expect(calls.length).toBeGreaterThan(2);
});

test('the service port listens on the loopback address unless the configuration says otherwise', () => {
  expect(parseConfig({}, { api: false }).service.host).toBe('127.0.0.1');
  expect(parseConfig({ GENESYS_WAREHOUSE_SERVICE_HOST: '0.0.0.0' }, { api: false }).service.host).toBe('0.0.0.0');
});

test.runIf(process.platform === 'linux')(
  'the sandbox, and with it the demo, listens at the loopback address alone',
  async () => {
    const before = listeningAddresses(process.pid);
    const sandbox = await startSandbox({});
    const opened = listeningAddresses(process.pid).filter((address) => !before.includes(address));
    await sandbox.close();
    expect(opened).toEqual([`127.0.0.1:${sandbox.port}`]);
  },
);

test('the embedded Postgres, where it serves these tests, listens at the loopback address alone', async () => {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  const { rows } = await client.query(
    `select setting, current_setting('data_directory', true) as directory from pg_settings where name = 'listen_addresses'`,
  );
  await client.end();
  if (!String(rows[0].directory).includes('genesys-warehouse')) return;
  expect(['127.0.0.1', 'localhost', '']).toContain(rows[0].setting);
});
