import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { addSandboxOptions, type SandboxFlags } from '../../src/cli/sandbox-options.js';
import { login, reply } from './server-client.js';

/** The program as it is installed, in a process of its own. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const emptyDirectory = mkdtempSync(join(tmpdir(), 'sandbox-program-'));
const running: ChildProcess[] = [];

afterAll(() => rmSync(emptyDirectory, { recursive: true }));
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function begin(args: readonly string[]): {
  child: ChildProcess;
  output: () => string;
  errors: () => string;
  ended: Promise<Ended>;
} {
  const child = spawn(process.execPath, [program, 'sandbox', ...args], {
    cwd: emptyDirectory,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, output, errors })));
  return { child, output: () => output, errors: () => errors, ended };
}

interface Served extends ReturnType<typeof begin> {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

async function serve(...args: readonly string[]): Promise<Served> {
  const started = begin(['--port', '0', ...args]);
  await Promise.race([
    expect.poll(() => started.output().split('\n').length, { timeout: 20_000 }).toBeGreaterThan(5),
    started.ended.then(({ errors }) => Promise.reject(new Error(errors))),
  ]);
  const lines = new Map(
    started
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
  const variable = (name: string) => lines.get(`GENESYSCLOUD_${name}`) ?? '';
  return {
    ...started,
    url: variable('API_URL'),
    clientId: variable('OAUTHCLIENT_ID'),
    clientSecret: variable('OAUTHCLIENT_SECRET'),
  };
}

const loginAt = (served: Served) => login(served as never, served.clientId, served.clientSecret);

describe('the sandbox as a program', () => {
  test('prints what to put into the environment, says where its page is, and stops on a signal', async () => {
    const served = await serve();
    expect(served.output()).toMatch(
      /^GENESYSCLOUD_API_URL=http:\/\/127\.0\.0\.1:\d+\nGENESYSCLOUD_OAUTHCLIENT_ID=sandbox\nGENESYSCLOUD_OAUTHCLIENT_SECRET=sandbox-secret\nGENESYS_WAREHOUSE_WRITE_CLIENT_ID=sandbox-writer\nGENESYS_WAREHOUSE_WRITE_CLIENT_SECRET=sandbox-writer-secret\n$/,
    );
    await expect.poll(served.errors).toContain(`${served.url}/ `);
    expect((await reply(`${served.url}/`, 'GET')).text).toContain('<title>');
    expect((await loginAt(served)).status).toBe(200);
    served.child.kill('SIGTERM');
    expect((await served.ended).status).toBe(143);
  });

  test('takes everything that startSandbox takes', async () => {
    const served = await serve(
      ...['--seed', '7', '--agents', '12', '--conversations-per-day', '150', '--time-zone', 'Europe/Berlin'],
      ...['--clock', '2026-03-04T10:00:00Z', '--data-from', '3d', '--availability-lag', '90m', '--job-duration', '1h'],
      ...['--client-id', 'me', '--client-secret', 'mine', '--token-lifetime', '10m', '--requests-per-minute', '55'],
      ...['--rate-window', '30s', '--job-expiry', '2d', '--jobs-concurrent', '1', '--aggregate-rows', '1', '--no-gzip'],
      ...['--late-wrapups', 'accepted', '--wrapup-writers', 'users', '--cache-megabytes', '8', '--request-log', '2'],
      ...['--faults', '{"unknownFields":1,"http5xx":{"rate":1,"path":"/teams","body":"empty"}}'],
    );
    const status = (await reply(`${served.url}/sandbox/status`, 'GET')).body;
    expect(status).toMatchObject({
      now: '2026-03-04T10:00:00.000Z',
      clock: 'fixed',
      dataFrom: '2026-03-01T00:00:00.000Z',
      organization: { seed: 7, agents: 12, conversationsPerDay: 150, timeZone: 'Europe/Berlin' },
      requestsPerMinute: 55,
    });
    const { body } = await loginAt(served);
    expect([served.clientId, served.clientSecret, body.expires_in]).toEqual(['me', 'mine', 600]);
    const api = (path: string, method = 'GET', asked?: unknown) =>
      reply(`${served.url}/api/v2/${path}`, method, asked === undefined ? undefined : JSON.stringify(asked), {
        authorization: `Bearer ${body.access_token}`,
        'accept-encoding': 'gzip',
      });
    const availability = await api('analytics/conversations/details/jobs/availability');
    expect(availability.body).toEqual({ dataAvailabilityDate: '2026-03-04T08:30:00Z' });
    const interval = '2026-03-03T00:00:00Z/2026-03-04T00:00:00Z';
    expect((await api('analytics/conversations/details/jobs', 'POST', { interval })).status).toBe(202);
    expect((await api('analytics/conversations/details/jobs', 'POST', { interval })).status).toBe(429);
    const page = await api('analytics/conversations/details/query', 'POST', { interval, paging: { pageSize: 100 } });
    expect(page.headers['content-encoding']).toBeUndefined();
    expect(page.text.length).toBeGreaterThan(16_384);
    const figures = { interval, granularity: 'PT1H', metrics: ['nOffered'], groupBy: ['queueId'] };
    expect((await api('analytics/conversations/aggregates/query', 'POST', figures)).body.message).toContain('larger');
    expect(await api('teams')).toMatchObject({ status: 503, text: '' });
    expect((await reply(`${served.url}/sandbox/requests`, 'GET')).body.requests).toHaveLength(2);
  });

  test('lets time run faster from an instant, and serves recorded answers', async () => {
    writeFileSync(join(emptyDirectory, 'get-api-v2-users.json'), '{"entities":[{"id":"recorded"}]}');
    const served = await serve('--clock', '2026-03-04T10:00:00Z', '--accelerate', '3600', '--replay', emptyDirectory);
    const status = (await reply(`${served.url}/sandbox/status`, 'GET')).body;
    expect(status.clock).toBe('accelerated');
    expect(Date.parse(status.now)).toBeGreaterThan(Date.parse('2026-03-04T10:00:00Z'));
    const { body } = await loginAt(served);
    const users = await reply(`${served.url}/api/v2/users`, 'GET', undefined, {
      authorization: `Bearer ${body.access_token}`,
    });
    expect(users.body).toEqual({ entities: [{ id: 'recorded' }] });
  });

  test('explains every option', async () => {
    const { status, output } = await begin(['--help']).ended;
    expect(status).toBe(0);
    const settings = [
      'port',
      'seed',
      'agents',
      'conversations-per-day',
      'time-zone',
      'data-from',
      'clock',
      'accelerate',
    ];
    for (const name of [
      ...settings,
      'availability-lag',
      'token-lifetime',
      'job-duration',
      'faults',
      'replay',
      'no-gzip',
    ])
      expect(output).toMatch(new RegExp(`\\n  --${name}( <\\w+>)? +\\S`));
    expect(output).toContain('duplicateAcrossPages');
    expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

test.each([
  [['--agents', '3'], '--agents'],
  [['--faults', '{"stall":{"rate":1,"ms":-5}}'], 'ms'],
  [['--replay', '/no/such/folder'], '/no/such/folder'],
])('the program refuses %j with status 2 and one sentence that names the culprit', async (args, culprit) => {
  const { status, output, errors } = await begin(['--port', '0', ...args]).ended;
  expect(status).toBe(2);
  expect(output).toBe('');
  const [line = '', ...rest] = errors.trimEnd().split('\n');
  expect(line).toContain(culprit);
  // Text in brackets is advice: where help is.
  expect(rest.filter((more) => !more.startsWith('('))).toEqual([]);
});

/** Parses in this process, which is quicker. */
function parsed(args: readonly string[]): { options: SandboxFlags; errors: string } {
  let errors = '';
  const command = addSandboxOptions(new Command('sandbox'))
    .exitOverride()
    .configureOutput({
      writeErr: (text) => {
        errors += text;
      },
    });
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return { options: command.opts(), errors };
}

test.each([
  [['--seed', 'one'], '--seed', 'whole number'],
  [['--port', '65536'], '--port', '65535'],
  [['--conversations-per-day', '1e3'], '--conversations-per-day', '100 to 500000'],
  [['--cache-megabytes', '-1'], '--cache-megabytes', 'whole number'],
  [['--time-zone', 'Mars'], '--time-zone', 'Europe/Berlin'],
  [['--clock', '2026-02-30'], '--clock', '2026-01-31T08:00:00Z'],
  [['--data-from', 'spring'], '--data-from', '30d'],
  [['--accelerate', '0'], '--accelerate', 'above 0'],
  [['--availability-lag', '8'], '--availability-lag', '8h'],
  [['--availability-lag', '31d'], '--availability-lag', '30d'],
  [['--token-lifetime', '500ms'], '--token-lifetime', 'from 1s to 2d'],
  [['--requests-per-minute', 'many'], '--requests-per-minute', 'unlimited'],
  [['--client-id', 'a:b'], '--client-id', 'colon'],
  [['--faults', '{'], '--faults', 'JSON'],
  [['--late-wrapups', 'maybe'], '--late-wrapups', 'refused, accepted'],
  [['--colour'], '--colour', 'unknown option'],
])('refuses %j and says what would be right', (args, culprit, remedy) => {
  const { errors } = parsed(args);
  expect(errors.split('\n')[0]).toContain(culprit);
  expect(errors.split('\n')[0]).toContain(remedy);
});

test('lengths of time and sizes become what the sandbox counts in; what is not said is left to it', () => {
  const times = [
    '--availability-lag',
    '1.5h',
    '--job-duration',
    '250ms',
    '--token-lifetime',
    '2m',
    '--cache-megabytes',
    '3',
  ];
  expect(parsed(times).options).toEqual({
    availabilityLagMs: 5_400_000,
    jobDurationMs: 250,
    tokenLifetimeSeconds: 120,
    cacheBytesMax: 3 * 1_024 * 1_024,
    gzip: true,
  });
});
