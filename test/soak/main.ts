/**
 * `npm run soak`: a month of an organisation's life in minutes. The scheduler runs in a process of its own whose clock follows the sandbox's; it is
 * watched while it works, then the tables are held to the truth. Prints figures and ends with status 1 when one is out of its bound.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { GenesysApi } from '../../src/genesys/api.js';
import { dayMs, floorTo, hourMs, minuteMs, secondMs } from '../../src/lib/interval.js';
import type { Sandbox } from '../../src/sandbox/index.js';
import { allStreams } from '../../src/streams/catalog.js';
import { environmentFor } from '../support/program.js';
import { bloatFigures } from './bloat.js';
import { finish } from './finish.js';
import { ledgerState } from './ledger.js';
import { factorOf, soakOptions } from './options.js';
import { startDatabase, startOrganization } from './organization.js';
import { type Figure, figuresOf, type Sample } from './samples.js';
import { type Scheduler, startScheduler } from './scheduler.js';

const sampleMs = 5 * secondMs;
/** Everything is made and filled for the first time: not what a month is compared with. */
const warmUpShare = 0.1;
const stopMsMax = 10 * secondMs;

const options = soakOptions(process.argv.slice(2));
const factor = factorOf(options);
/** The last instant of the month is about the machine's present, which the views of the operations marts look at. */
const startedMs = Date.now();
const from = floorTo(new Date(startedMs + options.minutes * minuteMs - options.days * dayMs), secondMs);
/** Maps the organisation's clock to the machine's; the program's own follows a moment later, as it may not know earlier. */
const anchor = { at: from, machineMs: startedMs };
const behindMs = 3;
const clockNow = () => new Date(anchor.at.getTime() + (Date.now() - anchor.machineMs) * factor);
const stepMs = factor * secondMs;
/** Only asked for their names, lengths and lags. */
const streams = allStreams({} as GenesysApi, { granularity: 'PT30M' }).filter(({ isDefault }) => isDefault);

process.exitCode = await soak();
process.exit();

async function soak(): Promise<number> {
  const database = await startDatabase();
  const sandbox = await startOrganization(options, from, { kind: 'accelerated', from: clockNow(), factor });
  Object.assign(anchor, { at: sandbox.now(), machineMs: Date.now() + behindMs });
  const environment: Record<string, string> = {
    ...environmentFor(sandbox, database.url),
    GENESYS_WAREHOUSE_START: '1d',
    GENESYS_WAREHOUSE_SERVICE_PORT: '0',
    GENESYS_WAREHOUSE_TIME_ZONE: 'Europe/Berlin',
  };
  const logFile = join(mkdtempSync(join(tmpdir(), 'soak-log-')), 'run.log');
  say(`${options.days} days in ${options.minutes} minutes (${factor} times as fast), log in ${logFile}`);
  const scheduler = startScheduler(`${anchor.at.toISOString()}*${factor}@${anchor.machineMs}`, environment, logFile);
  try {
    const samples = await watch(scheduler, database.pool, sandbox);
    const warnings = scheduler.report()?.warnings ?? [];
    const stopped = await scheduler.stop();
    const end = floorTo(clockNow(), stepMs);
    const figures = [
      ...(await workFigures(database.pool, samples)),
      ...figuresOf(samples.slice(Math.ceil(samples.length * warmUpShare)), {
        ticksHours: await ticksHours(database.pool),
      }),
      warningsFigure(warnings),
      stopFigure(stopped),
      ...(await bloatFigures(database.pool)),
      ...(await finish({ options, pool: database.pool, sandbox, environment, from, end, stepMs, say })),
    ];
    return print(figures);
  } finally {
    await scheduler.stop();
    await sandbox.close();
    await database.stop();
  }
}

async function watch(scheduler: Scheduler, pool: pg.Pool, sandbox: Sandbox): Promise<Sample[]> {
  const samples: Sample[] = [];
  const untilMs = startedMs + options.minutes * minuteMs;
  while (Date.now() < untilMs) {
    await pause(sampleMs);
    if (scheduler.hasEnded()) throw new Error('The scheduler ended early; see its log.');
    const sample = await take(scheduler, pool);
    if (sample === undefined) continue;
    samples.push(sample);
    if (samples.length % 12 === 0) say(progress(sample, sandbox));
  }
  return samples;
}

/** Takes a sample; undefined before the program has created its tables and reported. */
async function take(scheduler: Scheduler, pool: pg.Pool): Promise<Sample | undefined> {
  const report = scheduler.report();
  const migrated = await pool.query(`select to_regclass('mart.ops_freshness') is not null as done`);
  if (report === undefined || !migrated.rows[0].done) return undefined;
  const { rows } = await pool.query(
    `select count(*)::int as connections from pg_stat_activity
     where datname = current_database() and application_name <> 'soak' and backend_type = 'client backend'`,
  );
  const resources: Record<string, number> = {};
  for (const kind of report.resources) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    atMs: Date.now(),
    rssBytes: report.rss,
    heapBytes: report.heapUsed,
    connections: rows[0].connections,
    resources,
    listeners: report.listeners,
    ...(await ledgerState(pool, streams, floorTo(clockNow(), stepMs))),
  };
}

/** Returns two of the longest ticks, in the organisation's time: work due just after a tick planned is pulled by the end of the next. */
async function ticksHours(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    `select coalesce(max(extract(epoch from ended_at - started_at)), 0)::float8 as seconds from extract.runs where command = 'run'`,
  );
  return (2 * rows[0].seconds * secondMs + stepMs) / hourMs;
}

async function workFigures(pool: pg.Pool, samples: readonly Sample[]): Promise<Figure[]> {
  const { rows } = await pool.query(
    `select count(*)::int as ticks, sum(requests)::int as requests, sum(pages)::int as pages, sum(records)::int as records,
         sum(changed_records)::int as changed, count(*) filter (where exit_status <> 0)::int as failed,
         (select count(*)::int from genesys.conversations) as conversations,
         (select count(*)::int from extract.slices) as slices,
         (select count(*)::int from extract.restatements) as restatements
     from extract.runs where command = 'run' and ended_at is not null`,
  );
  const [work] = rows;
  return [
    shown('watched', `${samples.length} samples, one every ${sampleMs / secondMs} s`),
    shown('ticks, requests, pages', `${work.ticks}, ${work.requests}, ${work.pages}`),
    shown('records read, written', `${work.records}, ${work.changed}`),
    shown('conversations, restatements, slices', `${work.conversations}, ${work.restatements}, ${work.slices}`),
    { name: 'ticks that failed', value: String(work.failed), bound: 'none', isKept: work.failed === 0 },
  ];
}

function shown(name: string, value: string): Figure {
  return { name, value, bound: 'shown only', isKept: true };
}

function warningsFigure(warnings: readonly string[]): Figure {
  const value = warnings.length === 0 ? '0' : warnings.join('; ');
  return { name: 'warnings of Node (listeners, deprecations)', value, bound: 'none', isKept: warnings.length === 0 };
}

function stopFigure({ status, ms }: { readonly status: number | null; readonly ms: number }): Figure {
  const value = `${(ms / secondMs).toFixed(1)} s, status ${status}`;
  return { name: 'SIGTERM', value, bound: 'status 0 in 10 s', isKept: status === 0 && ms < stopMsMax };
}

function progress(sample: Sample, sandbox: Sandbox): string {
  const { rssBytes, heapBytes, connections, behindHours, failing } = sample;
  const memory = `${(rssBytes / 2 ** 20).toFixed(0)} MB (heap ${(heapBytes / 2 ** 20).toFixed(0)})`;
  const ledger = `${failing} failing, watermark ${behindHours.toFixed(1)} h behind`;
  return `${sandbox.now().toISOString().slice(0, 16)} ${memory}, ${connections} connections, ${ledger}`;
}

function print(figures: readonly Figure[]): number {
  for (const { name, value, bound, isKept } of figures) {
    process.stdout.write(`${isKept ? 'ok  ' : 'MISS'} ${name}: ${value} (${bound})\n`);
  }
  return figures.every(({ isKept }) => isKept) ? 0 : 1;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
