import type pg from 'pg';
import { readClaims } from '../postgres/ledger/claims.js';
import { readOutage, type StoredOutage } from '../postgres/ledger/outage.js';
import { countUsersWithoutStatusTimes, readUnlisted, type Unlisted } from '../postgres/ledger/unlisted.js';
import { type CommandContext, exitDone } from './app/command.js';
import { table } from './app/table.js';
import { withWarehouse } from './app/with-open.js';

const gapsShownMax = 20;

/**
 * Shows coverage, pending work and its causes, read from the marts that analysts see, and the sizes
 * of the relations.
 */
export async function statusCommand(context: CommandContext, options: { readonly json: boolean }): Promise<number> {
  return withWarehouse(context, async (opened) => {
    const status = await readStatus(opened.pool, context.now());
    context.print(options.json ? JSON.stringify(status, null, 2) : statusText(status));
    return exitDone;
  });
}

type Row = Readonly<Record<string, unknown>>;

export interface Status {
  /** Outage of Genesys Cloud that the last run met. */
  readonly outage: StoredOutage | null;
  readonly streams: readonly Row[];
  /** Sessions that hold claims on slices. */
  readonly claims: readonly Row[];
  /** Gaps and failing slices, oldest first. */
  readonly gaps: readonly Row[];
  readonly deadLetters: readonly Row[];
  readonly lastRun: Row | null;
  /** Use of the API's rate limit by the last run. */
  readonly apiBudget: Row | null;
  /** Current state of the allowances that all processes share. */
  readonly sharedBudgets: readonly Row[];
  /** Ids that occur in data but not in the directory. */
  readonly unlisted: readonly Unlisted[];
  /** Users with statuses but without aggregated status times. */
  readonly usersWithoutStatusTimes: number;
  readonly sizes: readonly Row[];
}

export async function readStatus(pool: pg.Pool, now: Date): Promise<Status> {
  const [unlisted, usersWithoutStatusTimes] = await Promise.all([
    readUnlisted(pool, now),
    countUsersWithoutStatusTimes(pool, now),
  ]);
  const [outage, streams, claims, gaps, deadLetters, runs, budget, sharedBudgets, sizes] = await Promise.all([
    readOutage(pool),
    pool.query('select * from mart.ops_freshness order by stream'),
    readClaims(pool),
    pool.query(
      `select stream, state, from_at, to_at, age_seconds, attempt_count, next_attempt_at, last_error
       from mart.ops_coverage where state <> 'dead_letter' order by is_missing desc, stream, from_at limit 1000`,
    ),
    pool.query(
      `select stream, last_error as reason, sum(record_count)::int as count, max(age_seconds) as age_seconds,
           max(last_attempt_at) as last_seen_at, min(next_attempt_at) as next_attempt_at
       from mart.ops_coverage where state = 'dead_letter' group by 1, 2 order by count desc limit 100`,
    ),
    pool.query('select * from extract.runs order by run_id desc limit 1'),
    pool.query(`select value::json as budget from extract.settings where name = 'api_budget'`),
    pool.query('select * from extract.request_budget_facts order by api, client_id'),
    pool.query(
      `select coalesce(inhparent::regclass::text, format('%I.%I', nspname, relname)) as relation,
           sum(pg_total_relation_size(c.oid))::bigint as bytes, sum(greatest(reltuples, 0))::bigint as estimated_rows
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       left join pg_inherits as i on i.inhrelid = c.oid
       where nspname in ('genesys', 'extract') and relkind = 'r'
       group by 1 having sum(pg_total_relation_size(c.oid)) > 0 order by bytes desc`,
    ),
  ]);
  return {
    outage,
    streams: streams.rows,
    claims,
    gaps: gaps.rows,
    deadLetters: deadLetters.rows,
    lastRun: runs.rows[0] ?? null,
    apiBudget: budget.rows[0]?.budget ?? null,
    sharedBudgets: sharedBudgets.rows,
    unlisted,
    usersWithoutStatusTimes,
    sizes: sizes.rows,
  };
}

function statusText(status: Status): string {
  const sections = [section('Streams', status.streams.map(shownOf))];
  if (status.outage !== null) sections.unshift(outageText(status.outage));
  if (status.claims.length > 0) sections.push(section('Slices in progress', status.claims));
  if (status.gaps.length > 0) sections.push(section('Pending', status.gaps.slice(0, gapsShownMax)));
  if (status.gaps.length > gapsShownMax) sections.push(`… and ${status.gaps.length - gapsShownMax} more`);
  if (status.deadLetters.length > 0) sections.push(section('Dead letters', status.deadLetters));
  sections.push(...directoryText(status));
  if (status.lastRun !== null) sections.push(section('Last run', [status.lastRun]));
  if (status.apiBudget !== null) sections.push(section('API budget of the last run', [status.apiBudget]));
  if (status.sharedBudgets.length > 0) sections.push(section('API budget, all processes', status.sharedBudgets));
  sections.push(
    section(
      'Sizes',
      status.sizes.map(({ bytes, ...rest }) => ({ ...rest, size: bytesText(Number(bytes)) })),
    ),
  );
  return sections.join('\n\n');
}

function outageText({ since, lastSeenAt, reason }: StoredOutage): string {
  return `Outage since ${cell(since)}, last seen ${cell(lastSeenAt)}\n${reason}`;
}

/** Describes ids that occur in data and are missing in the directory, with the remedy. */
function directoryText({ unlisted, usersWithoutStatusTimes }: Status): string[] {
  const texts: string[] = [];
  if (unlisted.length > 0) {
    const rows = unlisted.map(({ kind, idCount, examples }) => ({
      kind,
      count: idCount,
      examples: examples.join(', '),
    }));
    texts.push(`${section('Not in the directory', rows)}\n${divisionHint}`);
  }
  if (usersWithoutStatusTimes > 0) {
    texts.push(
      `Status times are missing for ${usersWithoutStatusTimes} users whose statuses are there (last week, by day). ${divisionHint}`,
    );
  }
  return texts;
}

const divisionHint =
  'The OAuth client may lack their divisions: add these, or all divisions, to its role in Genesys Cloud (Admin, OAuth, Roles). What is newer than the last listing appears with the next.';

/** Selects as many columns as fit a terminal; `--json` has all of them. */
function shownOf(row: Row): Row {
  const shown = ['stream', 'watermark_at', 'final_until_at', 'last_success_at'];
  const counts = ['due_slice_count', 'failing_slice_count', 'dead_letter_count'];
  return Object.fromEntries([...shown, ...counts].map((name) => [name, row[name]]));
}

function section(title: string, rows: readonly Row[]): string {
  const header = Object.keys(rows[0] ?? {});
  return `${title}\n${table(
    header,
    rows.map((row) => header.map((name) => cell(row[name]))),
  )}`;
}

const cell = (value: unknown) => (value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : value);

function bytesText(bytes: number): string {
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(0)} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
