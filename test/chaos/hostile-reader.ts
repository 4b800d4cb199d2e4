import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { signOfLifeClass } from '../../src/postgres/connection/locks.js';
import type { Counts } from './counts.js';
import type { Random } from './random.js';
import type { StormServer } from './storm-server.js';
import type { Pace } from './throttle.js';

/** Faults by a role that may only read reports, against others on the same database. */
export const readerFaults = [
  'reader holds advisory keys',
  'reader copies signs of life',
  'reader locks what it may',
  'reader holds a snapshot',
] as const;
type ReaderFault = (typeof readerFaults)[number];

const role = 'storm_reader';
const password = 'of-the-storm';
const holdMs = { min: 500, max: 3_000 };
/** Each holds one of the kinds; together they overlap. */
const sessions = 3;
/** Keys of every version of the program, its migrator's own, and neighbours; few enough to leave room in the server's lock table. */
const keys = { oldest: 7_236_400, newest: 7_236_420, second: 30 };
const otherKeys = ['3853314791062309107', '7136201004'];
const copiedMax = 3;
const copyMsMax = 400;
/** Statements of writers; each must be refused. */
const forbidden = [
  'lock table extract.locks in row share mode',
  'lock table extract.storing_gate in exclusive mode',
  'lock table extract.zone_gate in access share mode',
  'select from extract.schema_migrator for update',
  'select from extract.claims for update',
  'lock table genesys.conversations in access share mode',
  'lock table mart.fct_conversations in row exclusive mode',
  'lock table mart.dim_dates in share mode',
];
const insufficientPrivilege = '42501';

/** Makes the role; the schema and `genesys_reader` must be there. */
export async function prepareReader(server: StormServer, database: string): Promise<void> {
  await server.withClient(database, (client) =>
    client.query(`create role ${role} login password '${password}'; grant genesys_reader to ${role}`),
  );
}

export interface HostileReaderParts {
  readonly server: StormServer;
  readonly database: string;
  readonly random: Random;
  readonly counts: Pick<Counts, 'add'>;
  readonly pace: Pace;
  /** Called with what a reader should not have been able to do. */
  readonly onBreach: (text: string) => void;
}

/** Holds locks and snapshots until stopped; losing its sessions to a server that crashes stops it for a moment only. */
export class HostileReader {
  readonly #parts: HostileReaderParts;
  readonly #held: pg.Client[] = [];

  constructor(parts: HostileReaderParts) {
    this.#parts = parts;
  }

  async injectFaults(isOver: () => boolean): Promise<void> {
    await Promise.all(Array.from({ length: sessions }, (_, number) => this.#runSession(number, isOver)));
  }

  async #runSession(number: number, isOver: () => boolean): Promise<void> {
    for (let round = number; !isOver(); round += 1) {
      const fault = readerFaults[round % readerFaults.length] as ReaderFault;
      // The server is away at times because of the storm.
      const isStruck = await this.#withSession((client) => this.#strike(client, fault)).catch(() => false);
      if (isStruck) this.#parts.counts.add(fault);
      else await pause(holdMs.min);
    }
  }

  async #withSession<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      return await use(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  async #connect(): Promise<pg.Client> {
    const { server, database } = this.#parts;
    const url = new URL(server.url(database));
    url.username = role;
    url.password = password;
    const client = new pg.Client({
      connectionString: url.href,
      application_name: 'psql',
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async #strike(client: pg.Client, fault: ReaderFault): Promise<boolean> {
    if (fault === 'reader copies signs of life') return this.#copySigns(client);
    await take(client, fault);
    if (fault === 'reader locks what it may') await this.#tryForbidden();
    const { random, pace } = this.#parts;
    await pause(random.whole(holdMs.min, holdMs.max) * pace.factor);
    // Still there: what was taken was held all the time.
    await client.query('select 1');
    return true;
  }

  /** Queues behind living sessions for their keys, to have them when these die. */
  async #copySigns(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ key: number }>(
      `select distinct objid::integer as key from pg_locks where locktype = 'advisory' and classid = ${signOfLifeClass} limit ${copiedMax}`,
    );
    await client.query(`set lock_timeout = ${copyMsMax}`);
    for (const { key } of rows) {
      await client
        .query('select pg_advisory_lock($1, $2)', [signOfLifeClass, key])
        .catch((error: { code?: string }) => {
          if (error.code !== '55P03') throw error;
        });
    }
    return rows.length > 0;
  }

  async #tryForbidden(): Promise<void> {
    await this.#withSession(async (client) => {
      for (const text of forbidden) {
        await client.query('begin');
        const code = await client.query(text).then(
          () => 'allowed',
          (error: { code?: string }) => error.code,
        );
        await client.query('rollback');
        if (code === 'allowed') this.#parts.onBreach(`A reader may: ${text}`);
        else if (code !== insufficientPrivilege) return;
      }
    });
  }

  /** Takes everything at once and keeps it until `leave`, so that also the runs after the storm meet it. */
  async stay(): Promise<void> {
    for (const fault of readerFaults.filter((each) => each !== 'reader copies signs of life')) {
      const client = await this.#connect();
      this.#held.push(client);
      await take(client, fault);
    }
  }

  /** Returns true when every session of `stay` is still connected. */
  async leave(): Promise<boolean> {
    const alive = await Promise.allSettled(this.#held.map((client) => client.query('select 1')));
    await Promise.allSettled(this.#held.splice(0).map((client) => client.end()));
    return alive.every(({ status }) => status === 'fulfilled');
  }
}

async function take(client: pg.Client, fault: ReaderFault): Promise<void> {
  if (fault === 'reader holds advisory keys') return takeKeys(client);
  await client.query('begin isolation level repeatable read');
  if (fault === 'reader holds a snapshot') {
    await client.query('select count(*) from mart.fct_conversations');
    return;
  }
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'mart'::regnamespace and relkind in ('v', 'r') and has_table_privilege(oid, 'select')`,
  );
  await client.query(`lock table ${rows.map(({ name }) => name).join(', ')} in access share mode`);
}

async function takeKeys(client: pg.Client): Promise<void> {
  await client.query('select pg_advisory_lock(key) from generate_series($1::bigint, $2::bigint) as key', [
    keys.oldest,
    keys.newest,
  ]);
  await client.query(
    'select pg_try_advisory_lock(class, key) from generate_series($1::int, $2::int) as class, generate_series(0, $3::int) as key',
    [keys.oldest, keys.newest, keys.second],
  );
  await client.query('select pg_advisory_lock(key) from unnest($1::bigint[]) as key', [otherKeys]);
}
