import type pg from 'pg';
import type { Sandbox } from '../../src/sandbox/index.js';
import { missingConversations, runCommand } from '../support/program.js';
import type { SoakOptions } from './options.js';
import { startOrganization } from './organization.js';
import type { Figure } from './samples.js';
import { different, noneOf, strangers } from './truth.js';

export interface Finish {
  readonly options: SoakOptions;
  readonly pool: pg.Pool;
  /** Its clock still goes. */
  readonly sandbox: Sandbox;
  readonly environment: Record<string, string>;
  readonly from: Date;
  readonly end: Date;
  readonly stepMs: number;
  readonly say: (text: string) => void;
}

/** Seconds of the machine that an answer may take to be made. */
const answerStepsMax = 60;
/** Differences shown but not counted: a conversation of weeks gets its wrap-up code at its end, for all of its days. */
const unsettled = ['wrapup_aggregates'];

/** After the month: what the scheduler left is held to the truth, then all of it is pulled again at one instant and must be the truth exactly. */
export async function finish(facts: Finish): Promise<Figure[]> {
  const { options, pool, sandbox, end, stepMs, say } = facts;
  const frozen = await startOrganization(options, facts.from, { kind: 'fixed', at: end });
  const environment = { ...facts.environment, GENESYSCLOUD_API_URL: frozen.url };
  const run = (...args: string[]) => runCommand(args, frozen, environment);
  try {
    say('comparing what the scheduler left');
    const count = (await pool.query('select count(*)::int as count from genesys.conversations')).rows[0].count;
    const strange = await strangers(pool, sandbox, answerStepsMax * stepMs);
    const settled = await run('sync');
    const pending = await pool.query(
      `select stream, slice_from, last_error from extract.slices where due_at <= $1 and (retry_at is null or retry_at <= $1)`,
      [end],
    );
    const missing = await missingConversations(pool, frozen, facts.from, new Date(end.getTime() - 3_600_000));
    const days = ['--from', facts.from.toISOString(), '--to', end.toISOString(), '--force'];
    say('pulling everything again');
    const before = await restatements(pool);
    const again = [await run('backfill', ...days), await run('backfill', ...days, '--stream', 'conversations')];
    say('comparing row by row');
    const exact = await different(pool, frozen);
    const statuses = [settled, ...again].map(({ status }) => status);
    return [
      noneOf('stored conversations that the organisation never returned so', strange, count),
      noneOf('conversations missing', missing, count),
      noneOf(
        'slices pending after one more sync',
        pending.rows.map((row) => row.stream),
        1,
      ),
      {
        name: 'status of sync and both backfills',
        value: statuses.join(', '),
        bound: '0',
        isKept: statuses.every((status) => status === 0),
      },
      {
        name: 'conversations that pulling everything again restated',
        value: `${(await restatements(pool)) - before} of ${count}`,
        bound: 'shown only',
        isKept: true,
      },
      noneOf('conversations that then differ from the truth', exact, count),
      ...(await intervalFigures(pool, end)),
    ];
  } finally {
    await frozen.close();
  }
}

async function restatements(pool: pg.Pool): Promise<number> {
  return (await pool.query('select count(*)::int as count from extract.restatements')).rows[0].count;
}

/** Rows of interval figures that pulling everything again had to write: what is older than every pass but the last must have been right. */
async function intervalFigures(pool: pg.Pool, end: Date): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const relation of ['queue_aggregates', 'agent_aggregates', 'wrapup_aggregates', 'user_aggregates']) {
    const { rows } = await pool.query(
      `select count(*)::int as rows, count(*) filter (where as_of >= $1)::int as written,
           count(*) filter (where as_of >= $1 and interval_start < $1 - interval '9 days')::int as late
       from genesys.${relation}`,
      [end],
    );
    const [{ rows: all, written, late }] = rows;
    figures.push({
      name: `${relation}: rows written again, of these older than nine days`,
      value: `${written} and ${late} of ${all}`,
      bound: unsettled.includes(relation) ? 'shown only' : 'none older',
      isKept: late === 0 || unsettled.includes(relation),
    });
  }
  return figures;
}
