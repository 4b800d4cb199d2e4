import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Counts } from './counts.js';
import type { Random } from './random.js';
import type { StormServer } from './storm-server.js';
import type { Pace } from './throttle.js';

/**
 * Prepares the database for faults: a disk that can be full, and a count of the pages that were committed. A real small disk needs the right to mount
 * one; a trigger that raises what Postgres raises then (SQLSTATE 53100) works everywhere and strikes every write, by COPY as well.
 */
const preparation = `
create schema chaos;
create table chaos.disk (is_full boolean not null);
insert into chaos.disk values (false);
create table chaos.commits (stream text not null, pages bigint not null);

create function chaos.refuse_when_full() returns trigger language plpgsql as $$
begin
    if (select is_full from chaos.disk) then
        raise exception 'could not extend file "base/16384/24576": No space left on device'
            using errcode = '53100', hint = 'Check free disk space.';
    end if;
    return null;
end $$;

create function chaos.count_commit() returns trigger language plpgsql as $$
begin
    -- A details job that was submitted is a checkpoint, but no page.
    if new.cursor -> 'at' ->> 'fulfilled' is distinct from 'false' then
        insert into chaos.commits values (new.stream, new.pages - old.pages);
    end if;
    return null;
end $$;

create trigger count_commit after update on extract.slices for each row
    when (new.pages > old.pages and new.slice_from = old.slice_from and new.slice_to = old.slice_to)
    execute function chaos.count_commit();

do $$
declare
    relation regclass;
begin
    for relation in
        select oid from pg_class
        where relnamespace in ('genesys'::regnamespace, 'extract'::regnamespace) and relkind in ('r', 'p')
            and not relispartition and relname not like 'schema_migrations%'
    loop
        execute format(
            'create trigger refuse_when_full before insert or update on %s for each statement execute function chaos.refuse_when_full()',
            relation
        );
    end loop;
end $$;`;

export async function prepareDatabase(server: StormServer, database: string): Promise<void> {
  await server.withClient(database, (client) => client.query(preparation));
}

export const databaseFaults = [
  'backend terminated',
  'backend terminated in COPY',
  'server stopped by SIGQUIT',
  'server stopped by SIGKILL',
  'disk full',
] as const;
type DatabaseFault = (typeof databaseFaults)[number];

/** Frequency of each in one round; server restarts take a second or two in which nothing else can be struck. */
const round: Readonly<Record<DatabaseFault, number>> = {
  'backend terminated': 4,
  'backend terminated in COPY': 4,
  'server stopped by SIGQUIT': 1,
  'server stopped by SIGKILL': 1,
  'disk full': 2,
};

const pauseMs = { min: 300, max: 2_000 };
const downMsMax = 1_500;
const fullMs = { min: 300, max: 1_500 };
const copyLooksMax = 400;
const copyLookMs = 10;

/** Injects faults into the database until stopped; leaves it running and with room on its disk. */
export class DatabaseStorm {
  readonly #server: StormServer;
  readonly #database: string;
  readonly #random: Random;
  readonly #counts: Pick<Counts, 'add'>;
  readonly #pace: Pace;
  #deck: DatabaseFault[] = [];

  constructor(server: StormServer, database: string, random: Random, counts: Pick<Counts, 'add'>, pace: Pace) {
    this.#server = server;
    this.#database = database;
    this.#random = random;
    this.#counts = counts;
    this.#pace = pace;
  }

  async injectFaults(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (this.#deck.length === 0)
        this.#deck = this.#random.shuffled(databaseFaults.flatMap((fault) => Array(round[fault]).fill(fault)));
      const fault = this.#deck.pop() as DatabaseFault;
      const struck = await this.#strike(fault, isOver);
      if (struck > 0) this.#counts.add(fault, struck);
      await pause(this.#random.whole(pauseMs.min, pauseMs.max) * this.#pace.factor);
    }
  }

  #strike(fault: DatabaseFault, isOver: () => boolean): Promise<number> {
    if (fault === 'backend terminated') return this.#on((client) => this.#terminate(client));
    if (fault === 'backend terminated in COPY') return this.#on((client) => this.#terminateInCopy(client, isOver));
    if (fault === 'disk full') return this.#on((client) => this.#fillDisk(client));
    return this.#restart(fault === 'server stopped by SIGQUIT' ? 'SIGQUIT' : 'SIGKILL');
  }

  async #on(strike: (client: pg.Client) => Promise<number>): Promise<number> {
    return this.#server.withClient(this.#database, strike);
  }

  async #terminate(client: pg.Client): Promise<number> {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from (
           select pid from pg_stat_activity
           where application_name = 'genesys-warehouse' order by (state = 'idle'), random() limit $1
       ) as victims`,
      [this.#random.whole(1, 2)],
    );
    return rowCount ?? 0;
  }

  async #terminateInCopy(client: pg.Client, isOver: () => boolean): Promise<number> {
    for (let look = 0; look < copyLooksMax && !isOver(); look += 1) {
      const { rowCount } = await client.query('select pg_terminate_backend(pid) from pg_stat_progress_copy');
      if (rowCount) return rowCount;
      await pause(copyLookMs);
    }
    return 0;
  }

  async #fillDisk(client: pg.Client): Promise<number> {
    await client.query('update chaos.disk set is_full = true');
    await pause(this.#random.whole(fullMs.min, fullMs.max));
    await client.query('update chaos.disk set is_full = false');
    return 1;
  }

  async #restart(signal: 'SIGQUIT' | 'SIGKILL'): Promise<number> {
    await this.#server.stopHard(signal);
    await pause(this.#random.whole(0, downMsMax));
    await this.#server.startAgain();
    return 1;
  }
}
