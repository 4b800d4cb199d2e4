/**
 * Fills the tables of derived facts from their definitions: after an upgrade that brings a new
 * table or a new definition, when the reporting zone changes, and on `rebuild-facts`.
 */
import type pg from 'pg';
import { dayMs, type Interval, plus } from '../../lib/interval.js';
import { inTransaction, transactionOn } from '../connection/transaction.js';
import { type Definitions, fingerprintOf } from '../schema/fingerprint.js';
import { createMonths, monthOf, partitionName } from '../schema/partitions.js';
import { readSetting, writeSetting } from '../schema/settings.js';
import { changeZone, daySumDefinitions, refreshDaySums, relationsWithDaySums } from './day-sums.js';
import {
  clearIntervalSums,
  intervalSumDefinitions,
  intervalSumTables,
  lockIntervalDays,
  refreshIntervalSums,
  relationsWithIntervalSums,
} from './interval-sums.js';

/** Tables of conversations that are filled from the view `genesys.int_<table>`, and what their content depends on. */
interface ConversationFacts {
  /** Setting with the digest of the definitions after which the tables were filled. */
  readonly setting: string;
  readonly tables: readonly string[];
  readonly definitions: Definitions;
}

const conversationFacts: readonly ConversationFacts[] = [
  {
    setting: 'conversation_facts_digest',
    tables: ['conversation_facts', 'handling_facts'],
    definitions: {
      views: ['genesys.int_conversation_facts', 'genesys.int_handling_facts', 'genesys.int_contact_facts'],
      functions: ['genesys.is_codable', 'genesys.contact_address'],
    },
  },
  {
    setting: 'leg_skill_facts_digest',
    tables: ['leg_skill_facts'],
    definitions: { views: ['genesys.int_leg_skill_facts'], functions: [] },
  },
];
/** Margin: months are in UTC, and the local day of an interval may extend beyond them. */
const spareMs = dayMs;

/** A month of stored data, `[from, to)` in UTC. */
type Month = Interval;

/**
 * Recomputes stored facts after an upgrade that changed their definition, and the sums by day when
 * the zone has changed. Must run after functions and views are built. Readers never wait; loads of
 * interval facts wait while the sums are recomputed, other loads do not.
 */
export async function fillFacts(client: pg.PoolClient, timeZone: string): Promise<void> {
  for (const facts of conversationFacts) await fillConversationFacts(client, facts);
  await fillIntervalSums(client);
  const daySums = `${timeZone} ${await fingerprintOf(client, daySumDefinitions)}`;
  if ((await readSetting(client, 'day_sums_digest')) === daySums) return;
  await transactionOn(client, async () => {
    await changeZone(client, timeZone);
    for (const month of await storedMonths(client, relationsWithDaySums)) await fillDaySumsMonth(client, month);
    await writeSetting(client, 'day_sums_digest', daySums);
  });
}

async function fillConversationFacts(client: pg.PoolClient, facts: ConversationFacts): Promise<void> {
  const digest = await fingerprintOf(client, facts.definitions);
  if ((await readSetting(client, facts.setting)) === digest) return;
  for (const month of await storedMonths(client, ['session_facts'])) {
    await transactionOn(client, () => fillConversationMonth(client, facts.tables, month));
  }
  await writeSetting(client, facts.setting, digest);
}

/**
 * Fills the sums day by day, each in its own transaction, so that a load waits for at most one day
 * of its own relation.
 */
async function fillIntervalSums(client: pg.PoolClient): Promise<void> {
  if (await areIntervalSumsFilled(client)) return;
  for (const month of await storedMonths(client, relationsWithIntervalSums)) {
    for (const day of daysOf(month)) await transactionOn(client, () => fillIntervalSumsDay(client, day));
  }
  await writeSetting(client, 'interval_sums_digest', await fingerprintOf(client, intervalSumDefinitions));
}

async function areIntervalSumsFilled(client: pg.ClientBase): Promise<boolean> {
  const digest = await fingerprintOf(client, intervalSumDefinitions);
  return (await readSetting(client, 'interval_sums_digest')) === digest;
}

/** Returns true when the stored facts follow the definitions in the database, so that `fillFacts` has nothing to do. */
export async function areFactsFilled(client: pg.ClientBase, timeZone: string): Promise<boolean> {
  for (const { setting, definitions } of conversationFacts) {
    if ((await readSetting(client, setting)) !== (await fingerprintOf(client, definitions))) return false;
  }
  if (!(await areIntervalSumsFilled(client))) return false;
  const daySums = `${timeZone} ${await fingerprintOf(client, daySumDefinitions)}`;
  return (await readSetting(client, 'day_sums_digest')) === daySums;
}

/**
 * Rebuilds everything month by month, conversations and day sums in separate transactions: a load
 * waits for at most one of them, and only if it writes the same kind of facts of the same month.
 */
export async function rebuildFacts(pool: pg.Pool, onMonth: (month: Month) => void): Promise<void> {
  const tables = ['session_facts', ...relationsWithDaySums];
  const months = await inTransaction(pool, (client) => storedMonths(client, tables));
  for (const month of months) {
    for (const { tables: facts } of conversationFacts) {
      await inTransaction(pool, (client) => fillConversationMonth(client, facts, month));
    }
    for (const day of daysOf(month)) await inTransaction(pool, (client) => fillIntervalSumsDay(client, day));
    await inTransaction(pool, (client) => fillDaySumsMonth(client, month));
    onMonth(month);
  }
}

async function fillConversationMonth(client: pg.ClientBase, tables: readonly string[], month: Month): Promise<void> {
  const name = monthOf(month.from.getTime());
  if (!(await exists(client, partitionName('session_facts', name)))) return;
  await client.query('set local jit = off');
  await createMonths(client, tables, [month.from.getTime()]);
  for (const table of tables) {
    const partition = partitionName(table, name);
    // A load that has written its sessions, but not yet these rows, waits and writes them
    // afterwards.
    await client.query(`lock table ${partition} in share row exclusive mode`);
    await client.query(`delete from ${partition}`);
    await client.query(
      `insert into ${partition} select plain.* from genesys.int_${table} as plain
       where plain.conversation_start >= $1 and plain.conversation_start < $2
       order by plain.conversation_start`,
      [month.from, month.to],
    );
  }
}

function daysOf({ from, to }: Month): Interval[] {
  const days: Interval[] = [];
  for (let day = from; day < to; day = plus(day, dayMs)) days.push({ from: day, to: plus(day, dayMs) });
  return days;
}

/** Fills one UTC day of every relation, under the locks that loads of the same day take, in the same order. */
async function fillIntervalSumsDay(client: pg.ClientBase, interval: Interval): Promise<void> {
  const month = monthOf(interval.from.getTime());
  const relations: string[] = [];
  for (const relation of relationsWithIntervalSums) {
    if (await exists(client, partitionName(relation, month))) relations.push(relation);
  }
  const tables = [...new Set(relations.flatMap(intervalSumTables))];
  await createMonths(client, tables, [interval.from.getTime()]);
  await lockIntervalDays(client, relations, interval);
  await clearIntervalSums(client, tables, interval);
  for (const relation of relations) await refreshIntervalSums(client, relation, { interval });
}

async function fillDaySumsMonth(client: pg.ClientBase, month: Month): Promise<void> {
  const interval = { from: new Date(month.from.getTime() - spareMs), to: new Date(month.to.getTime() + spareMs) };
  for (const relation of relationsWithDaySums) await refreshDaySums(client, relation, { interval });
}

async function exists(client: pg.ClientBase, relation: string): Promise<boolean> {
  const { rows } = await client.query('select to_regclass($1) is not null as found', [relation]);
  return rows[0].found;
}

/** Returns the months for which any of these tables has a partition, the earliest first. */
async function storedMonths(client: pg.ClientBase, tables: readonly string[]): Promise<Month[]> {
  const { rows } = await client.query<Month>(
    `select distinct
         month::timestamp at time zone 'UTC' as "from",
         (month + interval '1 month')::timestamp at time zone 'UTC' as "to"
     from (
         select to_date(substring(children.relname from '_y([0-9]{4}m[0-9]{2})$'), 'YYYY"m"MM') as month
         from pg_inherits
         join pg_class as children on children.oid = inhrelid
         where inhparent in (select to_regclass('genesys.' || name) from unnest($1::text[]) as name)
     ) as partitions
     where month is not null
     order by 1`,
    [tables],
  );
  return rows;
}
