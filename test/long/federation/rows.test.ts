import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  columnsOf,
  createReader,
  makeOlder,
  onDatabase,
  otherFilledDatabase,
  runOn,
} from '../../federation/support.js';
import { filledDatabase } from '../../support/filled.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

/** Two warehouses in different zones, one of them a version behind, read by logins that may only read. */
const hex = randomBytes(4).toString('hex');
const password = `member-password-${hex}`;
const logins = { emea: `fed_emea_${hex}`, apac: `fed_apac_${hex}` };
const databases: TestDatabase[] = [];
let emea: TestDatabase;
let apac: TestDatabase;
let federated: TestDatabase;

beforeAll(async () => {
  [emea, apac, federated] = [await filledDatabase(), await otherFilledDatabase(), await createDatabase()];
  databases.push(emea, apac, federated);
  await makeOlder(apac.url);
  const members = {
    emea: await createReader(emea.url, logins.emea, password),
    apac: await createReader(apac.url, logins.apac, password),
  };
  const run = await runOn(federated.url, ['federate', '--member', `emea=${members.emea}`, `apac=${members.apac}`]);
  expect(run.status, run.output).toBe(0);
}, 300_000);
afterAll(async () => {
  for (const database of databases) await database.drop();
  await onDatabase(new URL('/postgres', federated.url).href, (client) =>
    client.query(`drop role if exists ${logins.emea}, ${logins.apac}`),
  );
});

const shared = ['dim_dates', 'dim_enums', 'dim_intervals', 'dim_wrapup_causes'];
const own = ['ops_dictionary', 'ops_relationships', 'ops_members'];
/** Depend on the second in which they are read. */
const moving = ['ops_freshness', 'rpt_agents_now', 'rpt_queue_now'];

/** Count and checksum that do not depend on the order of rows. */
async function sumOf(client: pg.Client, source: string, list: string): Promise<{ count: number; sum: bigint }> {
  const { rows } = await client.query<{ count: number; sum: string }>(
    `select count(*)::int as count, coalesce(sum(hashtextextended(row(${list})::text, 0)::numeric), 0)::text as sum from ${source}`,
  );
  return { count: rows[0]?.count ?? 0, sum: BigInt(rows[0]?.sum ?? 0) };
}

test('a federated database shows exactly the rows of its members, in each relation', async () => {
  const columns = await columnsOf(federated.url);
  const relations = [...new Set(columns.map(({ relation }) => relation))];
  let compared = 0;
  for (const relation of relations.filter((name) => ![...shared, ...own, ...moving].includes(name))) {
    const named = columns.filter((column) => column.relation === relation);
    const list = named.map(({ name }) => `"${name}"`).join(', ');
    const found = await onDatabase(federated.url, (client) => sumOf(client, `mart.${relation}`, list));
    let count = 0;
    let sum = 0n;
    for (const { url } of [emea, apac]) {
      const part = await onDatabase(url, async (client) => {
        const { rows } = await client.query<{ names: string[] }>(
          `select array_agg(attname::text) as names from pg_attribute where attrelid = to_regclass($1)`,
          [`federation.${relation}`],
        );
        if (rows[0]?.names == null) return { count: 0, sum: 0n };
        const own = rows[0].names;
        const values = named.map(({ name, type }) => (own.includes(name) ? `"${name}"` : `null::${type}`));
        return sumOf(client, `federation.${relation}`, values.join(', '));
      });
      count += part.count;
      sum += part.sum;
    }
    expect(found, relation).toEqual({ count, sum });
    compared += count;
  }
  expect(compared).toBeGreaterThan(50_000);
}, 240_000);
