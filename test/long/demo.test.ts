import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const startMsMax = 300_000;
let folder: string;
let demo: ChildProcess;
let report: string;

/** Resolves with the report once its last line is printed, which names the page. */
async function printed(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (/Look at it: http\S+\n/.test(text)) return text;
  }
  throw new Error(`The demo ended early: ${text}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gw-demo-'));
  const { PATH, HOME } = process.env;
  demo = spawn(process.execPath, [program, 'demo', '--keep'], {
    cwd: folder,
    env: { PATH, HOME },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  report = await printed(demo);
}, startMsMax);
afterAll(async () => {
  const ended = once(demo, 'exit');
  demo.kill('SIGINT');
  await ended;
  await rm(folder, { recursive: true });
});

describe('the demo', () => {
  test('connects as a reader of schema mart, not as the owner of the database', async () => {
    const [url = ''] = /postgres\S+(?= \(it reads)/.exec(report) ?? [];
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as count from mart.fct_conversations');
    expect(rows[0].count).toBeGreaterThan(1_000);
    await expect(client.query('select from genesys.conversations')).rejects.toThrow(/permission denied/);
    await expect(client.query('create table mart.mine (id int)')).rejects.toThrow(/permission denied/);
    await client.end();
  });

  test('compares what it pulled and prints medians beside means', () => {
    expect(report).toMatch(
      /\d+ days, by half hour, queue, media type and metric: [\d,]+ figures equal, \d+ different\./,
    );
    expect(report).toMatch(/queue +handled +mean +median/);
  });

  test('shows no handle time of days: nobody talks to an e-mail for weeks or forgets a wrap-up overnight', async () => {
    const table = report.slice(report.indexOf('Handle time by queue'), report.indexOf('Queues, by'));
    expect(table).not.toMatch(/ \d+:\d\d:\d\d/);
  });

  test('serves its page', async () => {
    const [, page = ''] = /Look at it: (\S+)/.exec(report) ?? [];
    expect((await fetch(page)).status).toBe(200);
  });
});
