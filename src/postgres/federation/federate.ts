/** Makes a database show the marts of several warehouses, one of each organisation. */
import pg from 'pg';
import { UsageError } from '../../lib/errors.js';
import { inTransaction } from '../connection/transaction.js';
import { grantToReaders } from '../schema/reader-roles.js';
import { setDatabaseDefaults } from './database-defaults.js';
import { buildOwnRelations, runFederationFile } from './files.js';
import { ownRelations, replaceMartViews } from './mart-views.js';
import type { Member } from './member.js';
import { type MemberAddress, memberAddress } from './member-address.js';
import { type FederatedRelation, type MemberRelation, mergeRelations } from './relations.js';
import {
  itselfServer,
  itselfServerStatements,
  memberServerStatements,
  pingServer,
  type StandingServer,
} from './servers.js';
import { noteRowCounts } from './statistics.js';
import { dataSchema, nextSchema, partitionName, pingStatement, tableStatements } from './tables.js';
import { checkTarget, offerDblink } from './target.js';

export interface FederationChange {
  /** Members to add, or to read again, with the address each is read from. */
  readonly members: readonly (Member & { readonly url: string })[];
  /** Names of members to leave out from now on. */
  readonly removed: readonly string[];
  /** URL of the federated database. */
  readonly databaseUrl: string;
  readonly now: Date;
}

export interface FederationResult {
  readonly relationCount: number;
  readonly memberCount: number;
  /** False where members are asked in the asking session, because the database cannot connect to itself. */
  readonly isWatched: boolean;
  /** False where the sizes of the members could not be stored for planners. */
  readonly isSized: boolean;
  /** False where members are asked over new connections before each statement, because dblink is not in its schema. */
  readonly isQuick: boolean;
}

const pingMsMax = 10_000;

/**
 * Adds, refreshes and removes members in one transaction: readers see the relations of before or those of after. Throws a UsageError where the
 * database or the members do not allow it, and an Error that names the member where the database's server cannot reach one.
 */
export async function federate(pool: pg.Pool, change: FederationChange): Promise<FederationResult> {
  const built = await inTransaction(pool, async (client) => {
    await checkTarget(client);
    return build(client, change);
  });
  const isWatched = await connectToItself(pool, change.databaseUrl);
  return { ...built, isWatched };
}

async function build(client: pg.PoolClient, change: FederationChange): Promise<Omit<FederationResult, 'isWatched'>> {
  await runFederationFile(client, 'members');
  const isQuick = await offerDblink(client);
  // One at a time works on a database; only its owner can take this lock.
  await client.query('lock table federation.members in exclusive mode');
  await storeMembers(client, change);
  await makeServers(client, change.members);
  const members = await readStored(client);
  await client.query(`create schema ${nextSchema}`);
  await client.query('create schema if not exists mart');
  const relations = mergeRelations(members).filter(({ name }) => !ownRelations.includes(name));
  await makeTables(client, relations, members);
  await runFederationFile(client, 'functions');
  await runFederationFile(client, 'operators');
  await runFederationFile(client, 'gaps');
  await replaceMartViews(client, [...relations, ...(await buildOwnRelations(client))]);
  await runFederationFile(client, 'ops_members');
  await swapSchemas(client);
  await grantToReaders(client);
  await client.query(grants);
  await dropServers(client, change.removed);
  const isSized = await noteRowCounts(client, relations);
  await setDatabaseDefaults(client);
  for (const { name } of change.members) await checkReachable(client, name);
  return { relationCount: relations.length, memberCount: members.length, isSized, isQuick };
}

const grants = `
  grant execute on all functions in schema federation to genesys_reader;
  revoke execute on function federation.open_answers(), federation.keep_open(text) from public, genesys_reader;
  grant usage on schema federation_operators to public`;

async function storeMembers(client: pg.ClientBase, { members, removed, now }: FederationChange): Promise<void> {
  await removeMembers(client, removed);
  for (const member of members) {
    const { rows } = await client.query<{ name: string }>(
      'select member_name as name from federation.members where organization_id = $1 and member_name <> $2',
      [member.organizationId, member.name],
    );
    if (rows[0] !== undefined)
      throw new UsageError(
        `Members ${rows[0].name} and ${member.name} hold the same organisation, ${member.organizationName ?? member.organizationId}: its figures would count twice. Leave one out.`,
      );
    await client.query(
      `insert into federation.members
           (member_name, organization_id, organization_name, schema_version, time_zone, relations, read_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (member_name) do update set
           organization_id = excluded.organization_id, organization_name = excluded.organization_name,
           schema_version = excluded.schema_version, time_zone = excluded.time_zone, relations = excluded.relations,
           read_at = excluded.read_at`,
      [
        member.name,
        member.organizationId,
        member.organizationName,
        member.schemaVersion,
        member.timeZone,
        JSON.stringify(member.relations),
        now,
      ],
    );
  }
}

/** Throws a UsageError for a name that no member has, which is probably a typing mistake. */
async function removeMembers(client: pg.ClientBase, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select member_name as name from federation.members order by 1',
  );
  const known = rows.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      `There is no member ${unknown.join(', ')} to remove (members: ${known.join(', ') || 'none'}). Name one of them.`,
    );
  await client.query('delete from federation.members where member_name = any($1)', [names]);
}

interface StoredMember {
  readonly name: string;
  readonly organizationId: string;
  readonly schemaVersion: string;
  readonly relations: readonly MemberRelation[];
}

async function readStored(client: pg.ClientBase): Promise<StoredMember[]> {
  const { rows } = await client.query<StoredMember>(
    `select member_name as name, organization_id as "organizationId", schema_version as "schemaVersion", relations
     from federation.members order by member_name`,
  );
  if (rows.length === 0) throw new UsageError('No member would be left. Name one: --member NAME=URL.');
  return rows;
}

/** Passwords go into user mappings, which only their owner and superusers see, and by no way into the server's log where we may say so. */
async function makeServers(client: pg.ClientBase, members: readonly { name: string; url: string }[]): Promise<void> {
  const standing = await readServers(client);
  await withoutStatementLog(client, async () => {
    for (const { name, url } of members)
      for (const statement of memberServerStatements(name, memberAddress(url), standing)) await client.query(statement);
  });
}

async function readServers(client: pg.ClientBase): Promise<Map<string, StandingServer>> {
  const { rows } = await client.query<StandingServer & { name: string }>(
    'select srvname as name, srvoptions as options from pg_foreign_server',
  );
  return new Map(rows.map((row) => [row.name, row]));
}

async function withoutStatementLog(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ isSuperuser: boolean }>(
    'select rolsuper as "isSuperuser" from pg_roles where rolname = current_user',
  );
  if (rows[0]?.isSuperuser)
    await client.query(
      `set local log_statement = 'none'; set local log_min_error_statement = 'panic'; set local log_min_duration_statement = -1`,
    );
  await work();
}

async function makeTables(
  client: pg.ClientBase,
  relations: readonly FederatedRelation[],
  members: readonly StoredMember[],
): Promise<void> {
  for (const relation of relations)
    for (const statement of tableStatements(relation, members)) await client.query(statement);
  for (const { name } of members) await client.query(pingStatement(name, pingServer(name)));
}

/** The tables of before go when no view of ours reads them any more. */
async function swapSchemas(client: pg.ClientBase): Promise<void> {
  await client.query(`drop schema if exists ${dataSchema} cascade`);
  await client.query(`alter schema ${nextSchema} rename to ${dataSchema}`);
}

async function dropServers(client: pg.ClientBase, names: readonly string[]): Promise<void> {
  for (const name of names)
    await client.query(`drop view if exists federation.${pg.escapeIdentifier(partitionName('answer', name))}`);
  for (const name of names.flatMap((member) => [member, pingServer(member)]))
    await client.query(`drop server if exists ${pg.escapeIdentifier(name)} cascade`);
}

/** Through the database's server, for which an address may mean something else than for this machine. */
async function checkReachable(client: pg.ClientBase, name: string): Promise<void> {
  await client.query(`set local statement_timeout = ${pingMsMax}`);
  const { rows } = await client.query<{ reason: string | null }>('select federation.answer_of($1) as reason', [name]);
  const reason = rows[0]?.reason ?? null;
  if (reason === null) return;
  throw new Error(
    `Member ${name} cannot be reached from the federated database's server (${reason}). Give an address that is valid there.`,
  );
}

/**
 * Lets the database ask members in a session of its own, whose time is bounded whatever the asking session allows. False where it cannot
 * connect to itself; then the asking session's own statement_timeout is the bound.
 */
async function connectToItself(pool: pg.Pool, databaseUrl: string): Promise<boolean> {
  try {
    return await inTransaction(pool, async (client) => {
      const address = await ownAddress(client, databaseUrl);
      const standing = await readServers(client);
      await withoutStatementLog(client, async () => {
        for (const statement of itselfServerStatements(address, standing.get(itselfServer)))
          await client.query(statement);
      });
      const members = await readStored(client);
      for (const { name } of members) await makeAnswer(client, name);
      await client.query(pingStatement(itselfServer, itselfServer, dataSchema));
      await client.query(`set local statement_timeout = ${pingMsMax}`);
      await client.query(
        `select from ${dataSchema}.${pg.escapeIdentifier(partitionName('ping', itselfServer))} limit 1`,
      );
      return true;
    });
  } catch {
    return false;
  }
}

async function makeAnswer(client: pg.ClientBase, member: string): Promise<void> {
  const name = pg.escapeIdentifier(partitionName('answer', member));
  await client.query(
    `create or replace view federation.${name} as select federation.answer_of(${pg.escapeLiteral(member)}) as reason`,
  );
  await client.query(
    `create foreign table ${dataSchema}.${name} (reason text) server ${itselfServer}
     options (schema_name 'federation', table_name ${pg.escapeLiteral(partitionName('answer', member))})`,
  );
}

/** Returns the server's own address, which may differ from the one it is reached at. */
async function ownAddress(client: pg.ClientBase, databaseUrl: string): Promise<MemberAddress> {
  const { rows } = await client.query<{
    host: string | null;
    port: string;
    database: string;
    role: string;
  }>(
    `select host(inet_server_addr()) as host, current_setting('port') as port, current_database() as database, current_user as role`,
  );
  const [found] = rows;
  if (found === undefined) throw new Error('The server does not report its address.');
  const { login, server } = memberAddress(databaseUrl);
  return {
    server: {
      host: found.host ?? server.host ?? 'localhost',
      port: found.port,
      dbname: found.database,
      // The address is the server's own, which no certificate names.
      sslmode: server.sslmode === 'disable' ? 'disable' : 'prefer',
    },
    login: { ...login, user: login.user ?? found.role },
  };
}
