import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { rows } from '../sandbox/endpoint-rows.js';
import { dataFrom, type Known, knownOf, now, type Row } from '../sandbox/endpoints.js';
import { type Line, transcript } from '../sandbox/transcript.js';

const size = { agents: 14, conversationsPerDay: 100 };
const open: Sandbox[] = [];
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(seed = 5): Promise<{ sandbox: Sandbox; known: Known }> {
  const sandbox = await startSandbox({
    ...size,
    seed,
    dataFrom,
    clock: { kind: 'fixed', at: now },
    requestsPerMinute: 'unlimited',
  });
  open.push(sandbox);
  return { sandbox, known: knownOf(sandbox.world) };
}

async function answers(seed?: number, chosen: readonly Row[] = rows): Promise<Line[]> {
  const { sandbox, known } = await start(seed);
  return transcript(sandbox, known, chosen);
}

/**
 * Calls that change nothing and whose answers carry no number of a request, so that they may be made in any order: not
 * what asks for a job or channel that an earlier call made.
 */
const reads = rows.filter(
  ({ method, status }) =>
    status === undefined && /\.get|Query$/.test(method) && !/DetailsJob$|JobResults|NotificationsChannel/.test(method),
);

/** Replaces the correlation id, which depends on the request's number. */
const contentOf = ({ asked, status, body }: Line) => ({
  asked,
  status,
  body: body.replace(/"contextId":"[^"]+"/, ''),
});

/** Serves the same organisation from the built program, in another time zone and language. */
async function serveElsewhere(): Promise<{ port: number; clientId: string; clientSecret: string }> {
  const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const options = [
    '--seed',
    '5',
    '--agents',
    `${size.agents}`,
    '--conversations-per-day',
    `${size.conversationsPerDay}`,
  ];
  const times = ['--clock', now.toISOString(), '--data-from', dataFrom.toISOString()];
  const child = spawn(
    process.execPath,
    [program, 'sandbox', '--port', '0', ...options, ...times, '--requests-per-minute', 'unlimited'],
    {
      env: { PATH: process.env.PATH, TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  running.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await expect.poll(() => /SECRET=.*\n/.test(output), { timeout: 20_000 }).toBe(true);
  return { port: Number(/:(\d+)\n/.exec(output)?.[1]), clientId: 'sandbox', clientSecret: 'sandbox-secret' };
}

describe('the same seed, options and requests', () => {
  test('give the same bytes and headers on every endpoint, from two servers and from another process', async () => {
    const { sandbox, known } = await start();
    const first = await transcript(sandbox, known, rows);
    expect(first.length).toBe(rows.length + 1);
    expect(await answers()).toEqual(first);
    expect(await transcript(await serveElsewhere(), { ...known, jobId: '', channelId: '' }, rows)).toEqual(first);
  });

  test('give the same content in whatever order they are made', async () => {
    expect(reads.length).toBeGreaterThan(60);
    const [, ...forth] = await answers(5, reads);
    const [, ...back] = await answers(5, [...reads].reverse());
    expect(back.reverse().map(contentOf)).toEqual(forth.map(contentOf));
  });

  test('give the same content again when time has advanced and come back', async () => {
    const { sandbox, known } = await start();
    const before = await transcript(sandbox, known, reads);
    sandbox.advance(9 * 86_400_000);
    const later = await transcript(sandbox, known, reads);
    expect(later.map(contentOf)).not.toEqual(before.map(contentOf));
    sandbox.setNow(now);
    const [, ...again] = await transcript(sandbox, known, reads);
    expect(again.map(contentOf)).toEqual(before.slice(1).map(contentOf));
  });
});

test('another seed gives other bytes wherever an answer has data of the organisation', async () => {
  const [first, other] = [await answers(5), await answers(6)];
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/;
  const withIds = first.map((line, n) => [line, other[n]] as const).filter(([line]) => id.test(line.body));
  expect(withIds.length).toBeGreaterThan(70);
  expect(withIds.filter(([line, its]) => line.body === its?.body).map(([line]) => line.asked)).toEqual([]);
});
