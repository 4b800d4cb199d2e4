import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadEnvironment, parseConfig, resolveStart, variableNames } from '../../src/config/config.js';
import { UsageError } from '../../src/lib/errors.js';

const credentials = {
  GENESYSCLOUD_OAUTHCLIENT_ID: 'client-one',
  GENESYSCLOUD_OAUTHCLIENT_SECRET: 'hush-hush-hush',
  GENESYSCLOUD_REGION: 'eu-west-1',
};

function faultsOf(environment: Record<string, string | undefined>, needs = { api: false }): string[] {
  try {
    parseConfig(environment, needs);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message.split('\n');
  }
  return [];
}

describe('defaults', () => {
  test('an empty environment is a whole configuration for a command that needs no API', () => {
    expect(parseConfig({}, { api: false })).toEqual({
      start: { kind: 'ago', agoMs: 7 * 86_400_000 },
      timeZone: 'UTC',
      granularity: 'PT30M',
      requestsPerMinute: 300,
      concurrency: 4,
      logLevel: 'info',
      streams: { added: [], removed: [] },
      attributes: [],
      service: { host: '127.0.0.1', port: 8484, isPortGiven: false, names: [] },
      dashboard: { isOn: false },
      privacy: { addresses: 'keep', names: 'keep', notes: 'keep', attributes: 'keep' },
      write: { tokenFile: '.genesys-warehouse/write-token.json' },
      wrapupRules: 'wrapup-rules.yaml',
    });
  });

  test('an empty value counts as absent and spaces around a value do not count', () => {
    const config = parseConfig({ GENESYS_WAREHOUSE_START: '', GENESYS_WAREHOUSE_CONCURRENCY: ' 8 ' }, { api: false });
    expect(config.start).toEqual({ kind: 'ago', agoMs: 7 * 86_400_000 });
    expect(config.concurrency).toBe(8);
  });

  test('the result is frozen all the way down', () => {
    const config = parseConfig(credentials, { api: true });
    expect([Object.isFrozen(config), Object.isFrozen(config.api), Object.isFrozen(config.start)]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('the API', () => {
  test.each([
    ['us-east-1', 'mypurecloud.com'],
    ['EU_CENTRAL_1', 'mypurecloud.de'],
    ['mypurecloud.ie', 'mypurecloud.ie'],
    ['https://api.euw2.pure.cloud/', 'euw2.pure.cloud'],
  ])('region %s resolves to the host %s', (region, host) => {
    const { api } = parseConfig({ ...credentials, GENESYSCLOUD_REGION: region }, { api: true });
    expect(api).toMatchObject({ region: host });
  });

  test('a base URL replaces the region for API and login alike', () => {
    const environment = {
      ...credentials,
      GENESYSCLOUD_REGION: undefined,
      GENESYSCLOUD_API_URL: 'http://127.0.0.1:8080/',
    };
    expect(parseConfig(environment, { api: true }).api).toEqual({
      clientId: 'client-one',
      clientSecret: 'hush-hush-hush',
      apiUrl: 'http://127.0.0.1:8080',
    });
  });

  test('credentials are asked for only where they are needed, each on a line of its own', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({}, { api: true }).map((line) => line.split(' ')[0])).toEqual([
      'GENESYSCLOUD_OAUTHCLIENT_ID',
      'GENESYSCLOUD_OAUTHCLIENT_SECRET',
      'GENESYSCLOUD_REGION',
    ]);
  });

  test('a misspelt region host is refused, since the secret would be sent to it', () => {
    expect(faultsOf({ ...credentials, GENESYSCLOUD_REGION: 'mypurcloud.com' }, { api: true })).toEqual([
      'GENESYSCLOUD_REGION is "mypurcloud.com"; use a region such as us-east-1 or its host such as mypurecloud.ie',
    ]);
  });

  test.each(['ftp://example.com', 'example.com', 'https://a:b@example.com', 'https://example.com/?a=1'])(
    'the base URL %s is refused',
    (url) => {
      expect(faultsOf({ GENESYSCLOUD_API_URL: url })).toHaveLength(1);
    },
  );
});

describe('an API at another machine', () => {
  const cleartext = [
    'http://192.0.2.2:8080',
    'http://gateway.example.com',
    'http://[2001:db8::1]',
    'http://127.0.0.1.example.com',
    'http://0.0.0.0:80',
    'HTTP://10.0.0.1',
  ];
  test.each(cleartext)('is not called without encryption: %s is refused unless the explicit word is there', (url) => {
    const fault = expect.stringMatching(
      /GENESYSCLOUD_API_URL is http: .*unencrypted; .*GENESYS_WAREHOUSE_API_INSECURE/,
    );
    expect(faultsOf({ GENESYSCLOUD_API_URL: url })).toEqual([fault]);
    expect(faultsOf({ GENESYSCLOUD_API_URL: url, GENESYS_WAREHOUSE_API_INSECURE: 'off' })).toEqual([fault]);
    expect(faultsOf({ GENESYSCLOUD_API_URL: url, GENESYS_WAREHOUSE_API_INSECURE: 'on' })).toEqual([]);
  });

  test.each(['http://127.0.0.1:8765', 'http://127.9.9.9', 'http://localhost:1', 'http://[::1]:1', 'https://192.0.2.2'])(
    'is not meant by %s',
    (url) => {
      expect(faultsOf({ GENESYSCLOUD_API_URL: url })).toEqual([]);
    },
  );

  test('the word is on or off, and nothing that only sounds like it', () => {
    expect(faultsOf({ GENESYS_WAREHOUSE_API_INSECURE: 'yes' })).toEqual([
      'GENESYS_WAREHOUSE_API_INSECURE is "yes"; use on or off',
    ]);
  });
});

describe('faults', () => {
  test('every fault is reported at once, one line each, with the remedy', () => {
    expect(
      faultsOf({
        GENESYS_WAREHOUSE_START: 'yesterday',
        GENESYS_WAREHOUSE_TIME_ZONE: 'Mars/Olympus',
        GENESYS_WAREHOUSE_GRANULARITY: 'PT5M',
        GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE: '0',
        GENESYS_WAREHOUSE_CONCURRENCY: '4.5',
        GENESYS_WAREHOUSE_LOG_LEVEL: 'loud',
      }),
    ).toEqual([
      'GENESYS_WAREHOUSE_START is "yesterday"; use a duration such as 30d or 12h (at most 3650d) or a timestamp with its offset such as 2026-01-31T00:00:00Z',
      'GENESYS_WAREHOUSE_TIME_ZONE is "Mars/Olympus"; use an IANA time zone such as Europe/Paris or UTC',
      'GENESYS_WAREHOUSE_GRANULARITY is "PT5M"; use PT15M, PT30M or PT1H',
      'GENESYS_WAREHOUSE_REQUESTS_PER_MINUTE is 0; use a whole number from 1 to 10000',
      'GENESYS_WAREHOUSE_CONCURRENCY is "4.5"; use a whole number from 1 to 64',
      'GENESYS_WAREHOUSE_LOG_LEVEL is "loud"; use debug, info, warn or error',
    ]);
  });

  test('an unknown name of ours is an error that suggests the nearest known one', () => {
    expect(faultsOf({ GENESYS_WAREHOUSE_GRANULARTY: 'PT15M', GENESYS_WAREHOUSE_TIMEZONE: 'UTC' })).toEqual([
      'GENESYS_WAREHOUSE_GRANULARTY is not a known name; did you mean GENESYS_WAREHOUSE_GRANULARITY?',
      'GENESYS_WAREHOUSE_TIMEZONE is not a known name; did you mean GENESYS_WAREHOUSE_TIME_ZONE?',
    ]);
  });

  test('names of other tools are none of our business', () => {
    expect(faultsOf({ GENESYSCLOUD_SDK_DEBUG: 'true', PATH: '/bin' })).toEqual([]);
  });

  test('no message contains a secret, not even one that was put into the wrong variable', () => {
    const message = faultsOf({
      GENESYSCLOUD_OAUTHCLIENT_SECRET: 'hush-hush-hush',
      GENESYSCLOUD_REGION: 'hush-hush-hush',
      DATABASE_URL: 'mysql://root:swordfish@db/x',
      PGPASSWORD: 'open sesame',
      GENESYS_WAREHOUSE_START: 'open sesame',
    }).join('\n');
    expect(message).not.toMatch(/hush|swordfish|sesame/);
    expect(message.split('\n')).toHaveLength(3);
  });
});

describe('the start', () => {
  const now = new Date('2026-03-31T12:00:00Z');

  test.each([
    ['30d', '2026-03-01T12:00:00.000Z'],
    ['12h', '2026-03-31T00:00:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T00:00:00+01:00', '2026-01-30T23:00:00.000Z'],
  ])('%s is %s seen from noon of 31 March', (value, expected) => {
    const { start } = parseConfig({ GENESYS_WAREHOUSE_START: value }, { api: false });
    expect(resolveStart(start, now).toISOString()).toBe(expected);
  });

  test.each(['0d', '9999d', '-3d', '3w', '2026-02-31', '2026-01-31T00:00:00', '2026-13-01T00:00:00Z', '1735689600'])(
    '%s is refused',
    (value) => {
      expect(faultsOf({ GENESYS_WAREHOUSE_START: value })).toHaveLength(1);
    },
  );

  test('a start in the future is a usage error', () => {
    expect(() => resolveStart({ kind: 'at', at: new Date('2027-01-01T00:00:00Z') }, now)).toThrow(UsageError);
  });
});

describe('the time zone', () => {
  test.each(['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires'])('%s is accepted', (zone) => {
    expect(parseConfig({ GENESYS_WAREHOUSE_TIME_ZONE: zone }, { api: false }).timeZone).toBe(zone);
  });

  test.each(['+02:00', 'Paris'])('%s is refused', (zone) => {
    expect(faultsOf({ GENESYS_WAREHOUSE_TIME_ZONE: zone })).toHaveLength(1);
  });
});

describe('the database', () => {
  const urlOf = (environment: Record<string, string>) => parseConfig(environment, { api: false }).databaseUrl;

  test('a URL is passed on unchanged', () => {
    const url = 'postgresql://app:p%23w@db.example.com:6432/warehouse?sslmode=verify-full';
    expect(urlOf({ DATABASE_URL: url })).toBe(url);
  });

  test('the standard PG variables name a server', () => {
    const url = urlOf({ PGHOST: 'db.example.com', PGDATABASE: 'ware house', PGUSER: 'app', PGPASSWORD: 'a/b c' });
    expect(url).toBe('postgres:///ware%20house?host=db.example.com&user=app&password=a%2Fb+c');
  });

  test('the standard PG variables fill what the URL leaves open and nothing else', () => {
    const environment = { DATABASE_URL: 'postgres://app@db/warehouse', PGPASSWORD: 'secret', PGUSER: 'other' };
    expect(urlOf(environment)).toBe('postgres://app@db/warehouse?password=secret');
  });

  test('a password or TLS mode alone names no server', () => {
    expect(urlOf({ PGPASSWORD: 'secret', PGSSLMODE: 'require' })).toBeUndefined();
  });

  test.each([
    'host=db dbname=x',
    'postgres://a:p#w@db/x',
    'postgres://a:p w@db/x',
    'https://db/x',
    'postgres://a:p%zz@db/x',
  ])('DATABASE_URL %s is refused', (url) => {
    expect(faultsOf({ DATABASE_URL: url })).toHaveLength(1);
  });

  test('a service file is refused rather than ignored', () => {
    expect(faultsOf({ PGSERVICE: 'prod' })).toHaveLength(1);
  });
});

describe('loading the environment', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'genesys-warehouse-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test('.env fills what the process environment leaves open', () => {
    writeFileSync(join(directory, '.env'), 'A=from-file\nB="two words"\n');
    expect(loadEnvironment(directory, { A: 'from-process' })).toEqual({ A: 'from-process', B: 'two words' });
  });

  test('a missing .env is not a fault', () => {
    expect(loadEnvironment(directory, { A: '1' })).toEqual({ A: '1' });
  });

  test('a secret may be given as a file, whose closing line break does not count', () => {
    const file = join(directory, 'secret');
    writeFileSync(file, 'hush-hush-hush\n', { mode: 0o600 });
    const environment = loadEnvironment(directory, { GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE: file });
    expect(environment.GENESYSCLOUD_OAUTHCLIENT_SECRET).toBe('hush-hush-hush');
  });

  test.runIf(process.platform !== 'win32').each([0o640, 0o604, 0o644, 0o620])(
    'a file for a secret that others can read or change is refused, without what it holds (mode %o)',
    (mode) => {
      const file = join(directory, 'secret');
      writeFileSync(file, 'hush-hush-hush', { mode: 0o600 });
      chmodSync(file, mode);
      const load = () => loadEnvironment(directory, { GENESYS_WAREHOUSE_PRIVACY_KEY_FILE: file });
      expect(load).toThrow(UsageError);
      expect(load).toThrow(`PRIVACY_KEY_FILE names a file that others can read or change (mode ${mode.toString(8)})`);
      expect(load).toThrow(`Run chmod 600 ${file}`);
      expect(load).not.toThrow(/hush/);
    },
  );

  test.runIf(process.platform !== 'win32')('a .env with secrets that others can read is warned of, and works', () => {
    const file = join(directory, '.env');
    const warnings: string[] = [];
    const load = (text: string, mode: number) => {
      writeFileSync(file, text);
      chmodSync(file, mode);
      return loadEnvironment(directory, {}, (sentence) => warnings.push(sentence));
    };
    load('GENESYSCLOUD_OAUTHCLIENT_SECRET=hush-hush-hush\n', 0o600);
    load('GENESYS_WAREHOUSE_LOG_LEVEL=debug\n', 0o666);
    expect(warnings).toEqual([]);
    const environment = load('GENESYSCLOUD_OAUTHCLIENT_SECRET=hush-hush-hush\n', 0o644);
    expect(environment.GENESYSCLOUD_OAUTHCLIENT_SECRET).toBe('hush-hush-hush');
    expect(warnings).toEqual([
      `${file} holds secrets and can be read or changed by others (mode 644). Run chmod 600 ${file}.`,
    ]);
  });

  test.runIf(process.platform !== 'win32')('a pipe is refused at once instead of waited for', () => {
    const pipe = join(directory, '.env');
    execFileSync('mkfifo', [pipe]);
    expect(() => loadEnvironment(directory, {})).toThrow(/\.env cannot be read \(it is not a regular file\)/);
    expect(() => loadEnvironment(tmpdir(), { DATABASE_URL_FILE: pipe })).toThrow(/not a regular file/);
    expect(() => loadEnvironment(tmpdir(), { DATABASE_URL_FILE: directory })).toThrow(/DATABASE_URL_FILE names a file/);
  });

  test('a secret given twice or in a file that is not there is a usage error', () => {
    const environment = {
      DATABASE_URL: 'postgres://db/x',
      DATABASE_URL_FILE: '/x',
      GENESYSCLOUD_OAUTHCLIENT_SECRET_FILE: join(directory, 'absent'),
    };
    expect(() => loadEnvironment(directory, environment)).toThrow(UsageError);
    expect(() => loadEnvironment(directory, environment)).toThrow(
      /SECRET_FILE names a file.*\nDATABASE_URL and DATABASE_URL_FILE/,
    );
  });
});

test('.env.example shows every variable, and what it shows is a valid configuration', () => {
  const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
  const shown = [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  const names = shown.map(([name]) => name);
  expect(variableNames.filter((name) => !names.includes(name))).toEqual([]);
  expect(faultsOf({ ...Object.fromEntries(shown), DATABASE_URL_FILE: undefined })).toEqual([]);
});

describe('privacy', () => {
  const key = 'a-long-random-key';

  test('kinds that are not named are kept', () => {
    const environment = { GENESYS_WAREHOUSE_PRIVACY: 'addresses=hash, notes=drop', GENESYS_WAREHOUSE_PRIVACY_KEY: key };
    expect(parseConfig(environment, { api: false }).privacy).toEqual({
      addresses: 'hash',
      names: 'keep',
      notes: 'drop',
      attributes: 'keep',
      key,
    });
  });

  test.each([
    ['adresses=hash', 'GENESYS_WAREHOUSE_PRIVACY has the part "adresses=hash"'],
    ['names=mask', 'GENESYS_WAREHOUSE_PRIVACY has the part "names=mask"'],
    ['names=drop,names=keep', 'GENESYS_WAREHOUSE_PRIVACY names names twice'],
  ])('%s is refused', (policy, sentence) => {
    expect(faultsOf({ GENESYS_WAREHOUSE_PRIVACY: policy }).join()).toContain(sentence);
  });

  test('hashes need a key, and a short key is refused without being shown', () => {
    expect(faultsOf({ GENESYS_WAREHOUSE_PRIVACY: 'names=hash' })).toEqual([
      'GENESYS_WAREHOUSE_PRIVACY_KEY is missing; GENESYS_WAREHOUSE_PRIVACY asks for hashes, which need a key',
    ]);
    const [fault = ''] = faultsOf({ GENESYS_WAREHOUSE_PRIVACY_KEY: 'tooshort' });
    expect(fault).toContain('shorter than 16 characters');
    expect(fault).not.toContain('tooshort');
  });
});

test('a service port of 0 means none, and an explicit one is distinguished from the default', () => {
  expect(parseConfig({ GENESYS_WAREHOUSE_SERVICE_PORT: '0' }, { api: false }).service).toEqual({
    host: '127.0.0.1',
    port: 0,
    isPortGiven: true,
    names: [],
  });
  expect(faultsOf({ GENESYS_WAREHOUSE_SERVICE_PORT: '70000' })[0]).toContain('is above 65535');
});

test('names of the service port are host names, perhaps with a star for what is below, and nothing else', () => {
  const names = (value: string) =>
    parseConfig({ GENESYS_WAREHOUSE_SERVICE_NAMES: value }, { api: false }).service.names;
  expect(names(' metrics.example.com, *.svc.cluster.local,extractor,')).toEqual([
    'metrics.example.com',
    '*.svc.cluster.local',
    'extractor',
  ]);
  for (const wrong of ['https://metrics.example.com', 'metrics.example.com:8484', 'a.*.example.com', 'a b'])
    expect([wrong, faultsOf({ GENESYS_WAREHOUSE_SERVICE_NAMES: wrong })]).toEqual([
      wrong,
      [expect.stringContaining('use host names without a port')],
    ]);
});

test('the lake of run has its switches; one without an address is a fault', () => {
  const url = { GENESYS_WAREHOUSE_LAKE_URL: 's3://bucket/lake' };
  expect(parseConfig(url, { api: false }).lake).toEqual({ url: 's3://bucket/lake', isRaw: false, isPersonal: false });
  const both = { ...url, GENESYS_WAREHOUSE_LAKE_RAW: 'on', GENESYS_WAREHOUSE_LAKE_PERSONAL: 'on' };
  expect(parseConfig(both, { api: false }).lake).toMatchObject({ isRaw: true, isPersonal: true });
  expect(faultsOf({ ...url, GENESYS_WAREHOUSE_LAKE_RAW: 'yes' })).toEqual([
    'GENESYS_WAREHOUSE_LAKE_RAW is "yes"; use on or off',
  ]);
  expect(faultsOf({ GENESYS_WAREHOUSE_LAKE_PERSONAL: 'on' })).toEqual([
    'GENESYS_WAREHOUSE_LAKE_PERSONAL is on, but GENESYS_WAREHOUSE_LAKE_URL is missing; set the address of the lake',
  ]);
});

describe('the page', () => {
  const on = { GENESYS_WAREHOUSE_DASHBOARD: 'on' };

  test('is off unless it is switched on, and then served to this machine without a password', () => {
    expect(parseConfig({}, { api: false }).dashboard).toEqual({ isOn: false });
    expect(parseConfig(on, { api: false }).dashboard).toEqual({ isOn: true });
    expect(faultsOf({ GENESYS_WAREHOUSE_DASHBOARD: 'yes' })).toEqual([
      'GENESYS_WAREHOUSE_DASHBOARD is "yes"; use off or on',
    ]);
  });

  test('needs a password where other machines or other names reach it, and a port', () => {
    const host = { ...on, GENESYS_WAREHOUSE_SERVICE_HOST: '0.0.0.0' };
    expect(faultsOf(host)).toEqual([
      'GENESYS_WAREHOUSE_DASHBOARD_PASSWORD is missing; GENESYS_WAREHOUSE_SERVICE_HOST 0.0.0.0 can be reached from other machines',
    ]);
    const names = { ...on, GENESYS_WAREHOUSE_SERVICE_NAMES: 'warehouse.example.com' };
    expect(faultsOf(names)[0]).toContain('GENESYS_WAREHOUSE_DASHBOARD_PASSWORD is missing');
    expect(faultsOf({ ...on, GENESYS_WAREHOUSE_SERVICE_PORT: '0' })[0]).toContain('set a port');
    const password = { GENESYS_WAREHOUSE_DASHBOARD_PASSWORD: 'correct horse battery' };
    expect(faultsOf({ ...host, ...password })).toEqual([]);
    expect(faultsOf({ ...names, ...password })).toEqual([]);
  });

  test('has a password that is long enough and never in a message', () => {
    const [fault = ''] = faultsOf({ GENESYS_WAREHOUSE_DASHBOARD_PASSWORD: 'swordfish' });
    expect(fault).toContain('GENESYS_WAREHOUSE_DASHBOARD_PASSWORD is shorter than 12 characters');
    expect(fault).not.toContain('swordfish');
  });
});

describe('the proxies', () => {
  const proxiesOf = (environment: Record<string, string>) =>
    parseConfig({ ...credentials, ...environment }, { api: true }).api.proxies;

  test('come from the standard variables, the lower-case names first, and are none where none is named', () => {
    expect(proxiesOf({})).toBeUndefined();
    expect(proxiesOf({ NO_PROXY: 'a' })).toBeUndefined();
    expect(proxiesOf({ HTTPS_PROXY: 'http://proxy.example.com:8080' })).toEqual({
      https: 'http://proxy.example.com:8080',
      none: [],
    });
    expect(
      proxiesOf({
        HTTPS_PROXY: 'http://upper:1',
        https_proxy: 'https://lower:2',
        HTTP_PROXY: 'http://plain:3',
        NO_PROXY: 'a.example, b.example,.c.example  d',
      }),
    ).toEqual({
      https: 'https://lower:2',
      http: 'http://plain:3',
      none: ['a.example', 'b.example', '.c.example', 'd'],
    });
  });

  test.each(['proxy.example.com:8080', 'user:hush@proxy:8080', 'socks5://proxy:1080', 'http://', '//proxy'])(
    '%s is refused in one sentence that does not repeat it',
    (value) => {
      const [fault, ...others] = faultsOf({ ...credentials, HTTPS_PROXY: value }, { api: true });
      expect(fault).toBe(
        'HTTPS_PROXY is not the address of an HTTP proxy; begin it with http:// or https://, as in http://proxy.example.com:8080',
      );
      expect(others).toEqual([]);
      expect(fault).not.toContain('hush');
    },
  );

  test('are of no concern to a command that calls no API', () => {
    expect(faultsOf({ HTTPS_PROXY: 'proxy.example.com:8080' })).toEqual([]);
  });

  test('come from .env, too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    try {
      writeFileSync(join(folder, '.env'), 'HTTPS_PROXY=http://from-file:8080\n', { mode: 0o600 });
      const environment = loadEnvironment(folder, { ...credentials });
      expect(parseConfig(environment, { api: true }).api.proxies?.https).toBe('http://from-file:8080');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
