/** Measures the cost of division access: the same statements as a role that sees all and as one whose divisions hold everything. */
import pg from 'pg';
import { type Asked, divisionQueries, type Query } from './views-queries.js';

const timesMax = 1.3;
/** Below this a clock of whole milliseconds says nothing about a third. */
const msThatCount = 5;
/** Relations whose rows have no copy of their record's divisions (decision 126), and what looking them up may cost for a day. */
const lookedUp: Readonly<Record<string, number>> = { fct_conversation_attributes: 40 };
const tries = 7;
const password = 'bench';
const seesAll = 'bench_sees_all';
const isLimited = 'bench_is_limited';

/** Lists what else belongs to a division: table, key, kind in `md5('kind-1')`, count. */
const named = [
  ['flows', 'flow_id', 'flow', 50],
  ['campaigns', 'campaign_id', 'campaign', 1],
  ['contact_lists', 'contact_list_id', 'list', 1],
] as const;

/** Spreads queues and agents over the divisions that the conversations name. */
export async function fillDivisions(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `select distinct unnest(division_ids) as id from genesys.conversations where conversation_start < '2026-03-02' order by 1`,
  );
  const ids = rows.map(({ id }) => id);
  for (const [table, key, kind, count] of named) {
    await pool.query(
      `insert into genesys.${table} (${key}, name, division_id, valid_from, content_hash)
       select md5('${kind}-' || number)::uuid, '${kind} ' || number, $1, timestamptz '2026-01-01', '00000000-0000-0000-0000-000000000000'
       from generate_series(1, ${count}) as number on conflict do nothing`,
      [ids[0]],
    );
  }
  const spread = (column: string) => `($1::uuid[])[1 + abs(hashtext(${column}::text)) % ${ids.length}]`;
  await pool.query(`update genesys.queues set division_id = ${spread('queue_id')}`, [ids]);
  await pool.query(`update genesys.users set division_id = ${spread('user_id')}`, [ids]);
  await pool.query(
    `insert into genesys.divisions (division_id, name, valid_from, content_hash)
     select id, 'Division ' || id, timestamptz '2026-01-01', '00000000-0000-0000-0000-000000000000' from unnest($1::text[]) as id
     on conflict do nothing`,
    [ids],
  );
}

/** Prints each statement's time with and without a limit, and their ratio against what is permitted. */
export async function measureDivisions(pool: pg.Pool, url: string, asked: Asked, only: string): Promise<void> {
  await pool.query(rolesSql);
  await pool.query('delete from extract.division_access where role_name = $1', [isLimited]);
  await pool.query(
    `insert into extract.division_access (role_name, division_id)
     select $1, division_id::text from genesys.divisions where valid_to is null`,
    [isLimited],
  );
  const free = await loginAs(url, seesAll);
  const limited = await loginAs(url, isLimited);
  process.stdout.write(
    `${'division access'.padEnd(52)}${'free'.padStart(8)}${'limited'.padStart(8)}${'times'.padStart(9)}\n`,
  );
  for (const query of divisionQueries(asked)) {
    if (`${query.name}, divisions`.includes(only)) await compare(free, limited, query);
  }
  await Promise.all([free.end(), limited.end()]);
}

const rolesSql = [seesAll, isLimited]
  .map(
    (role) => `do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then
        create role ${role} login password '${password}' in role genesys_reader;
      end if;
    end $$;`,
  )
  .join('\n');

async function loginAs(url: string, role: string): Promise<pg.Client> {
  const target = new URL(url);
  Object.assign(target, { username: role, password });
  const client = new pg.Client({ connectionString: target.href });
  await client.connect();
  return client;
}

/** In turns, so that both have the same neighbours on the machine; the quickest of each counts. */
async function compare(free: pg.Client, limited: pg.Client, { name, sql }: Query): Promise<void> {
  const best = { free: Number.POSITIVE_INFINITY, limited: Number.POSITIVE_INFINITY };
  const rows = { free: -1, limited: -1 };
  for (let attempt = 0; attempt < tries; attempt += 1) {
    for (const [who, client] of [
      ['free', free],
      ['limited', limited],
    ] as const) {
      const started = performance.now();
      rows[who] = (await client.query(sql)).rows.length;
      best[who] = Math.min(best[who], performance.now() - started);
    }
  }
  const times = best.limited / best.free;
  const shown = [`${best.free.toFixed(0)} ms`, `${best.limited.toFixed(0)} ms`]
    .map((text) => text.padStart(8))
    .join('');
  const extraMsMax = lookedUp[name.slice(0, name.indexOf(','))];
  const isMissed = times > timesMax && best.limited - best.free > (extraMsMax ?? msThatCount);
  const note = isMissed ? '  missed' : extraMsMax === undefined ? '' : `  looked up, aim ${extraMsMax} ms more`;
  process.stdout.write(`${name.padEnd(52)}${shown}${times.toFixed(2).padStart(9)}${note}\n`);
  if (rows.free !== rows.limited)
    throw new Error(`${name}: ${rows.limited} rows for the limited role, ${rows.free} for the other`);
  if (isMissed) process.exitCode = 1;
}
