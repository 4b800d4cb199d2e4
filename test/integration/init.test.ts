import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillExample, readExample } from '../../src/cli/init/env-file.js';
import { runProgram } from '../../src/cli/program.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { migratedDatabase, type TestDatabase } from '../support/postgres.js';
import { noDelay } from '../support/program.js';

let sandbox: Sandbox;
let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, conversationsPerDay: 100, agents: 5, requestsPerMinute: 'unlimited' });
  database = await migratedDatabase();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gw-init-'));
  await writeFile(join(directory, 'secret'), `${sandbox.clientSecret}\n`);
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

interface Edges {
  readonly answers?: readonly string[];
  readonly input?: string;
}

async function init(args: readonly string[], { answers, input }: Edges = {}) {
  const lines: string[] = [];
  const asked: { question: string; isHidden: boolean }[] = [];
  const left = [...(answers ?? [])];
  const status = await runProgram(['init', ...args], {
    directory,
    script: '/usr/local/bin/genesys-warehouse',
    now: () => new Date(),
    signal: new AbortController().signal,
    print: (text) => lines.push(text),
    isTerminal: answers !== undefined,
    environment: {},
    timing: noDelay,
    writeLog: (line) => lines.push(line),
    ...(answers && {
      ask: async (question, { isHidden = false }) => {
        asked.push({ question, isHidden });
        return left.shift() ?? '';
      },
    }),
    ...(input !== undefined && { readInput: async () => input }),
  });
  return { status, output: lines.join('\n'), asked };
}

const file = () => join(directory, '.env');
const flags = () => ['--api-url', sandbox.url, '--client-id', sandbox.clientId];
const withSecret = () => [...flags(), '--client-secret-file', join(directory, 'secret')];

describe('init with options', () => {
  test('writes a .env that is its owner’s alone, tries it and prints the next command', async () => {
    const run = await init([...withSecret(), '--database-url', database.url, '--time-zone', 'Europe/Berlin']);
    const written = parse(await readFile(file(), 'utf8'));
    expect(written).toMatchObject({
      GENESYSCLOUD_API_URL: sandbox.url,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: sandbox.clientSecret,
      DATABASE_URL: database.url,
      GENESYS_WAREHOUSE_TIME_ZONE: 'Europe/Berlin',
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(run.output).toContain('the OAuth client is accepted');
    expect(run.output).toContain('Next: genesys-warehouse run');
    expect(run.output).not.toContain(sandbox.clientSecret);
  });

  test('the explanations of .env.example stay in it', async () => {
    await init([...withSecret(), '--no-check']);
    const comments = (text: string) => text.split('\n').filter((line) => line.startsWith('# '));
    expect(comments(await readFile(file(), 'utf8'))).toEqual(comments(readExample()));
  });

  test('takes the secret from standard input', async () => {
    await init([...flags(), '--client-secret-file', '-', '--no-check'], { input: 'from-a-pipe-7\n' });
    expect(parse(await readFile(file(), 'utf8')).GENESYSCLOUD_OAUTHCLIENT_SECRET).toBe('from-a-pipe-7');
  });

  test('settings that do not work are written, and the exit status and the next command say so', async () => {
    await writeFile(join(directory, 'secret'), 'not-the-secret-9');
    const run = await init([...withSecret(), '--database-url', database.url]);
    expect(run.status).toBe(2);
    expect(run.output).toMatch(/Next: correct .*\.env, then genesys-warehouse doctor/);
    expect(run.output).not.toContain('not-the-secret-9');
  });

  test('all faults are named at once and nothing is written', async () => {
    const run = await init([...withSecret(), '--time-zone', 'Europe/Nowhere', '--granularity', 'PT7M', '--no-check']);
    expect(run.status).toBe(2);
    expect(run.output).toContain('Europe/Nowhere');
    expect(run.output).toContain('PT7M');
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  test('without a terminal, every option that is missing is named', async () => {
    const run = await init([]);
    expect(run.status).toBe(2);
    for (const flag of ['--region', '--client-id', '--client-secret-file']) expect(run.output).toContain(flag);
  });

  test('a secret file that is not there is named', async () => {
    const run = await init([...flags(), '--client-secret-file', join(directory, 'nothing')]);
    expect(run.status).toBe(2);
    expect(run.output).toContain('--client-secret-file cannot be read');
  });
});

describe('a .env that exists', () => {
  test('is never replaced without --force', async () => {
    await writeFile(file(), 'MINE=1\n');
    const run = await init([...withSecret(), '--no-check']);
    expect(run.status).toBe(2);
    expect(run.output).toContain('--force');
    expect(await readFile(file(), 'utf8')).toBe('MINE=1\n');
  });

  test('is kept beside the new one with --force, and nobody else may read either', async () => {
    await writeFile(file(), 'MINE=1\n');
    await chmod(file(), 0o644);
    await init([...withSecret(), '--no-check', '--force']);
    expect(await readFile(`${file()}.previous`, 'utf8')).toBe('MINE=1\n');
    for (const path of [file(), `${file()}.previous`]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

describe('init at a terminal', () => {
  test('asks for what no option gives, hides the secret, and asks again after a mistake', async () => {
    const run = await init(['--no-check'], {
      answers: ['eu-nowhere-7', 'eu-central-1', 'an-id', 'a-secret-8', '', 'Europe/Paris'],
    });
    expect(run.status).toBe(0);
    expect(run.asked.map(({ isHidden }) => isHidden)).toEqual([false, false, false, true, false, false]);
    expect(run.asked[1]?.question).toContain('eu-nowhere-7');
    const written = parse(await readFile(file(), 'utf8'));
    expect(written).toMatchObject({
      GENESYSCLOUD_REGION: 'eu-central-1',
      GENESYSCLOUD_OAUTHCLIENT_ID: 'an-id',
      GENESYSCLOUD_OAUTHCLIENT_SECRET: 'a-secret-8',
      GENESYS_WAREHOUSE_TIME_ZONE: 'Europe/Paris',
    });
    expect(written.DATABASE_URL).toBeUndefined();
  });

  test('gives up after three answers that cannot be right, and writes nothing', async () => {
    const run = await init(['--no-check'], { answers: ['x', 'y', 'z'] });
    expect(run.status).toBe(2);
    expect(run.output).toContain('GENESYSCLOUD_REGION');
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  const hasScript = process.platform === 'linux';
  test.runIf(hasScript)('what is typed at a real terminal is taken, and the secret is not shown', async () => {
    const main = join(import.meta.dirname, '../../dist/main.js');
    const typed = 'eu-central-1\\nan-id\\nhidden-word-8\\n\\n\\n';
    // `script` gives the program a terminal of its own. Answers wait in the terminal's buffer until they are asked for.
    const shell = `printf '${typed}' | script --quiet --return --command "node '${main}' init --no-check" /dev/null`;
    const { stdout } = await promisify(execFile)('bash', ['-c', shell], { cwd: directory });
    const written = parse(await readFile(file(), 'utf8'));
    expect(written.GENESYSCLOUD_OAUTHCLIENT_SECRET).toBe('hidden-word-8');
    expect(stdout).toContain('Its secret');
  });
});

test('every value that is written is read back as it was, or refused', () => {
  const value = fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.trim());
  fc.assert(
    fc.property(value, (secret) => {
      let text: string;
      try {
        text = fillExample(readExample(), { GENESYSCLOUD_OAUTHCLIENT_SECRET: secret });
      } catch (error) {
        expect((error as Error).message).toContain('GENESYSCLOUD_OAUTHCLIENT_SECRET');
        expect(secret).toMatch(/[\r\n']/);
        return;
      }
      expect(parse(text).GENESYSCLOUD_OAUTHCLIENT_SECRET).toBe(secret);
    }),
    { numRuns: 500 },
  );
});

afterAll(() => rm(directory, { recursive: true, force: true }));
