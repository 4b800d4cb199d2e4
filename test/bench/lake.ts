/** Exporting to a lake in a folder: rows a second, memory, bytes, and what a day's changes cost. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createPool } from '../../src/postgres/connection/pool.js';
import { rebuildFacts } from '../../src/postgres/derived/rebuild.js';
import { migrate } from '../../src/postgres/migrate.js';
import { directory, startBenchDatabase } from './bench-server.js';
import { benchWorld, seededRandom } from './records.js';
import { openFilled } from './views.js';
import { fillConversations } from './views-conversations.js';

const perDay = 11_112;
/** Ninety are a million conversations. */
const days = Number(process.env.BENCH_LAKE_DAYS ?? 90);
const sizes = { firstDayMs: Date.UTC(2026, 2, 1), days, perDay };
const incrementConversations = 50_000;
const rowsPerSecondAim = 60_000;
const megabytesAim = 300;
const incrementSecondsAim = 120;
const pollMs = 50;
const ticksPerSecond = 100;

interface Exported {
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly megabytes: number;
  /** Processor time of the program; on a busy machine the steadier figure. */
  readonly cpuSeconds: number;
}

/**
 * `BENCH_LAKE_DAYS` says how many days of 11,112 conversations there are; 90 without. `BENCH_VIEWS_FOLDER` names the folder of the bench of
 * views, whose million conversations and interval facts are then exported in place of session facts and segments alone.
 */
export async function benchLake(): Promise<void> {
  const kept = process.env.BENCH_VIEWS_FOLDER;
  const database = await startBenchDatabase(kept);
  const folder = await mkdtemp(join(tmpdir(), 'genesys-warehouse-lake-'));
  const pool = createPool({
    connectionString: kept === undefined ? await database.create() : await openFilled(database),
    applicationName: 'bench',
    max: 4,
    statementTimeoutMs: 0,
  });
  try {
    const url = pool.options.connectionString ?? '';
    if (kept === undefined) await fill(pool);
    await prepare(pool);
    const first = await exportTo(folder, url);
    report('first export', first, days * perDay);
    await changeLastDays(pool);
    const next = await exportTo(folder, url);
    report('export of changed days', next, incrementConversations);
    process.stdout.write(
      `aims: ${rowsPerSecondAim} rows/s on an idle machine of two cores, below ${megabytesAim} MB, changes of ${incrementConversations} conversations in ${incrementSecondsAim} s\n`,
    );
    if (Math.max(first.megabytes, next.megabytes) > megabytesAim || next.seconds > incrementSecondsAim)
      process.exitCode = 1;
    if (first.rows / first.seconds < rowsPerSecondAim) process.exitCode = 1;
  } finally {
    await pool.end();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(pool: pg.Pool): Promise<void> {
  await migrate(pool, { timeZone: 'UTC' });
  await fillConversations(pool, benchWorld(seededRandom(4)), sizes);
  await rebuildFacts(pool, () => {});
  await pool.query('vacuum (analyze)');
}

async function prepare(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into extract.settings values ('organization_id', '11111111-2222-3333-4444-555555555555') on conflict do nothing`,
  );
  await pool.query('delete from extract.lakes');
  // Copied days have session facts and segments without rows of conversations, by which a first export finds days.
  await markFrom(pool, new Date(sizes.firstDayMs));
}

async function markFrom(pool: pg.Pool, from: Date): Promise<void> {
  await pool.query(
    `select extract.mark_changed_days('conversations', array(
         select distinct (conversation_start at time zone 'UTC')::date from genesys.session_facts where conversation_start >= $1))`,
    [from],
  );
}

/** As many of the last days as hold 50,000 conversations, each with another handle time. */
async function changeLastDays(pool: pg.Pool): Promise<void> {
  const changedDays = Math.min(days, Math.ceil(incrementConversations / perDay));
  const from = new Date(sizes.firstDayMs + (days - changedDays) * 86_400_000);
  await pool.query('update genesys.session_facts set handle_ms = handle_ms + 1 where conversation_start >= $1', [from]);
  await markFrom(pool, from);
}

async function exportTo(folder: string, url: string): Promise<Exported> {
  const child = spawn(process.execPath, ['dist/main.js', 'lake', 'export', folder], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: url },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  let [kilobytes, ticks] = [0, 0];
  const timer = setInterval(async () => {
    // The process may have ended between two looks.
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    ticks = Math.max(ticks, user + system);
    kilobytes = Math.max(kilobytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
  }, pollMs);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (status !== 0) throw new Error(`The export ended with status ${status}: ${log}`);
  const line = log.trim().split('\n').at(-1) ?? '';
  return {
    ...(JSON.parse(line) as Omit<Exported, 'megabytes' | 'cpuSeconds'>),
    megabytes: kilobytes / 1_024,
    cpuSeconds: ticks / ticksPerSecond,
  };
}

function report(
  name: string,
  { rows, files, bytes, seconds, megabytes, cpuSeconds }: Exported,
  conversations: number,
): void {
  const perMillion = (value: number) => (value / conversations) * 1_000_000;
  process.stdout.write(
    `${name}: ${rows} rows in ${files} files, ${seconds} s (${Math.round(rows / seconds)} rows/s; ${cpuSeconds.toFixed(1)} s of processor, ${Math.round(rows / cpuSeconds)} rows/s), ${(bytes / 1_048_576).toFixed(0)} MB, peak memory ${megabytes.toFixed(0)} MB; ` +
      `a million conversations: ${Math.round(perMillion(rows))} rows, ${(perMillion(bytes) / 1_048_576).toFixed(0)} MB, ${Math.round(perMillion(seconds))} s\n`,
  );
}
