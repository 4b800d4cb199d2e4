import { pathToFileURL } from 'node:url';
import { request } from 'undici';
import type { Sandbox } from '../../src/sandbox/index.js';
import { startSandbox } from '../../src/sandbox/index.js';

/** Speeds in conversations per second of processor time, of server and client together; sizes in bytes. */
export interface SandboxSpeed {
  readonly conversations: number;
  readonly bytesPerConversation: number;
  /** The first time a page is asked for, its records are made. */
  readonly firstPerSecond: number;
  /** From prepared pages. */
  readonly preparedPerSecond: number;
  readonly jobPerSecond: number;
}

const preparedPerSecondAim = 20_000;
const startSecondsAim = 5;
const memoryMbAim = 900;
const growthAim = 1.2;
const megabyte = 1_024 * 1_024;

const pageSize = 100;
const rounds = 5;
const interval = '2026-03-02T00:00:00Z/2026-03-03T00:00:00Z';
const parallel = 2;

/**
 * Measures how fast the sandbox answers over loopback, to a client in the same process: server and client share one thread here, so the
 * server alone is faster than the figure says. Then how soon a large organisation is there, and what memory ten days take.
 */
export async function benchSandbox(): Promise<void> {
  const write = (line: string): boolean => process.stdout.write(`${line}\n`);
  const number = (value: number): string => Math.round(value).toLocaleString('en-US');
  const speed = await withSandbox({ conversationsPerDay: 5_000 }, measured);
  write(`${speed.conversations} conversations of ${number(speed.bytesPerConversation)} bytes`);
  write(`made when first asked: ${number(speed.firstPerSecond)} conversations/s`);
  write(
    `from prepared pages: ${number(speed.preparedPerSecond)} conversations/s (aim: ${number(preparedPerSecondAim)})`,
  );
  write(`from a job's pages: ${number(speed.jobPerSecond)} conversations/s`);
  const large = await withSandbox({ conversationsPerDay: 100_000, agents: 2_000 }, firstPages);
  write(`100,000 a day: there after ${large.startSeconds.toFixed(2)} s (aim: ${startSecondsAim})`);
  write(
    `  first page of a query after ${large.querySeconds.toFixed(1)} s, of a job after ${large.jobSeconds.toFixed(1)} s`,
  );
  const { halfMb, fullMb } = await withSandbox({ conversationsPerDay: 20_000, agents: 400 }, tenDays);
  const growth = fullMb / halfMb;
  write(
    `20,000 a day: ${halfMb} MB after five days, ${fullMb} MB after ten (aims: ${memoryMbAim}, ${growthAim} times)`,
  );
  const isMissed =
    speed.preparedPerSecond < preparedPerSecondAim ||
    large.startSeconds > startSecondsAim ||
    fullMb > memoryMbAim ||
    growth > growthAim;
  if (isMissed) process.exitCode = 1;
}

async function withSandbox<T>(
  size: { readonly conversationsPerDay: number; readonly agents?: number },
  work: (sandbox: Sandbox, startMs: number) => Promise<T>,
): Promise<T> {
  const beganAt = performance.now();
  const sandbox = await startSandbox({
    ...size,
    clock: { kind: 'fixed', at: new Date('2026-03-20T00:00:00Z') },
    requestsPerMinute: 'unlimited',
    gzip: false,
  });
  const startMs = performance.now() - beganAt;
  try {
    return await work(sandbox, startMs);
  } finally {
    await sandbox.close();
  }
}

/** Measures in seconds of processor time, except for the start. */
async function firstPages(sandbox: Sandbox, startMs: number) {
  const token = await login(sandbox);
  const query = await timed(() => ask(sandbox, token, 1));
  const job = await timed(() => readJob(sandbox, token, interval, 1));
  return { startSeconds: startMs / 1_000, querySeconds: query.seconds, jobSeconds: job.seconds };
}

/** Returns the memory of the whole process after each half. */
async function tenDays(sandbox: Sandbox): Promise<{ readonly halfMb: number; readonly fullMb: number }> {
  const token = await login(sandbox);
  const days = (first: number, last: number) =>
    Array.from({ length: last - first }, (_, n) => new Date(Date.UTC(2026, 2, first + n)));
  const read = async (list: readonly Date[]) => {
    for (const day of list) {
      const next = new Date(day.getTime() + 86_400_000);
      await readJob(sandbox, token, `${day.toISOString()}/${next.toISOString()}`);
    }
    return Math.round(process.memoryUsage().rss / megabyte);
  };
  return { halfMb: await read(days(2, 7)), fullMb: await read(days(7, 12)) };
}

async function measured(sandbox: Sandbox): Promise<SandboxSpeed> {
  const token = await login(sandbox);
  const first = await timed(() => readQuery(sandbox, token));
  await readQuery(sandbox, token);
  const prepared = await timed(async () => {
    for (let round = 1; round < rounds; round += 1) await readQuery(sandbox, token);
    return readQuery(sandbox, token);
  });
  await readJob(sandbox, token);
  const job = await timed(() => readJob(sandbox, token));
  const { conversations, bytes } = first.value;
  return {
    conversations,
    bytesPerConversation: Math.round(bytes / conversations),
    firstPerSecond: Math.round(conversations / first.seconds),
    preparedPerSecond: Math.round((rounds * conversations) / prepared.seconds),
    jobPerSecond: Math.round(job.value.conversations / job.seconds),
  };
}

interface Amount {
  readonly conversations: number;
  readonly bytes: number;
}

async function readQuery(sandbox: Sandbox, token: string): Promise<Amount> {
  const first = await ask(sandbox, token, 1);
  const totalHits = Number(/"totalHits":(\d+)/.exec(first.slice(-60).toString())?.[1]);
  const pages = Math.ceil(totalHits / pageSize);
  let bytes = first.length;
  let next = 2;
  const worker = async () => {
    while (next <= pages) {
      const page = await ask(sandbox, token, next++);
      bytes += page.length;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { conversations: totalHits, bytes };
}

async function ask(sandbox: Sandbox, token: string, pageNumber: number): Promise<Buffer> {
  const body = JSON.stringify({ interval, paging: { pageSize, pageNumber } });
  return send(`${sandbox.url}/api/v2/analytics/conversations/details/query`, 'POST', token, body);
}

async function readJob(
  sandbox: Sandbox,
  token: string,
  span = interval,
  pagesMax = Number.POSITIVE_INFINITY,
): Promise<Amount> {
  const jobs = `${sandbox.url}/api/v2/analytics/conversations/details/jobs`;
  const submitted = await send(jobs, 'POST', token, JSON.stringify({ interval: span }));
  const { jobId } = JSON.parse(submitted.toString()) as { jobId: string };
  let bytes = 0;
  let conversations = 0;
  let cursor: string | undefined = '';
  for (let pageNo = 0; cursor !== undefined && pageNo < pagesMax; pageNo += 1) {
    const page = await send(`${jobs}/${jobId}/results?pageSize=1000&cursor=${cursor}`, 'GET', token);
    bytes += page.length;
    conversations += countOf(page);
    cursor = /"cursor":"([\w-]+)"\}$/.exec(page.subarray(-200).toString())?.[1];
  }
  return { conversations, bytes };
}

const mark = Buffer.from('"conversationId":"');

function countOf(page: Buffer): number {
  let count = 0;
  for (let at = page.indexOf(mark); at >= 0; at = page.indexOf(mark, at + mark.length)) count += 1;
  return count;
}

async function send(url: string, method: 'GET' | 'POST', token: string, body?: string): Promise<Buffer> {
  const response = await request(url, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });
  if (response.statusCode >= 300) throw new Error(`${method} ${url} was answered with ${response.statusCode}`);
  return Buffer.from(await response.body.arrayBuffer());
}

async function login(sandbox: Sandbox): Promise<string> {
  const basic = Buffer.from(`${sandbox.clientId}:${sandbox.clientSecret}`).toString('base64');
  const response = await request(`${sandbox.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: 'grant_type=client_credentials',
  });
  return ((await response.body.json()) as { access_token: string }).access_token;
}

/** Measures seconds of processor time, so that the figure is that of one core even on a busy machine. */
async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const from = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(from);
  return { value, seconds: (user + system) / 1_000_000 };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await benchSandbox();
}
