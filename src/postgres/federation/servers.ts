/** Statements that make the foreign servers of a federated database: one a member, and one for the database itself. */
import pg from 'pg';
import type { MemberAddress } from './member-address.js';

/** The database's connection to itself, in which members are asked whether they answer. */
export const itselfServer = 'federation_itself';

const answerMsMax = 8_000;
/** A member that is cut off, not only silent, is noticed by the system within these. */
const connectionOptions: Readonly<Record<string, string>> = {
  // Postgres 14 and 15 connect within it; later ones ignore it, and are bounded by the statement that asks members first.
  connect_timeout: '7',
  tcp_user_timeout: '10000',
  keepalives: '1',
  keepalives_idle: '5',
  keepalives_interval: '3',
  keepalives_count: '2',
};
const memberOptions: Readonly<Record<string, string>> = {
  ...connectionOptions,
  application_name: 'genesys-warehouse federation',
  // Rows are fetched through a cursor, and a plan for the first rows of one is not the plan for all of them.
  options: '-c default_transaction_read_only=on -c jit=off -c cursor_tuple_fraction=1',
  async_capable: 'true',
  updatable: 'false',
  fetch_size: '10000',
  // A plan that sends a sum instead of rows is worth it even for few rows.
  fdw_tuple_cost: '10',
};
const itselfOptions: Readonly<Record<string, string>> = {
  ...connectionOptions,
  application_name: 'genesys-warehouse federation',
  options: `-c statement_timeout=${answerMsMax} -c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=on`,
};

/** The server by which a member is asked whether it answers: always by a connection of its own, since one that was open when its server froze would be waited for. */
export function pingServer(member: string): string {
  return `ping@${member}`;
}

/** Creates the servers of a member, or alters existing ones. */
export function memberServerStatements(
  name: string,
  { server, login }: MemberAddress,
  standing: ReadonlyMap<string, StandingServer>,
): string[] {
  const ping = pingServer(name);
  return [
    ...serverStatements(name, { server: { ...memberOptions, ...server }, login }, standing.get(name)),
    ...serverStatements(
      ping,
      { server: { ...memberOptions, ...server, keep_connections: 'false' }, login },
      standing.get(ping),
    ),
  ];
}

export function itselfServerStatements(address: MemberAddress, standing: StandingServer | undefined): string[] {
  return serverStatements(
    itselfServer,
    { server: { ...itselfOptions, ...address.server }, login: address.login },
    standing,
  );
}

export interface StandingServer {
  readonly options: readonly string[];
}

function serverStatements(
  name: string,
  { server, login }: MemberAddress,
  standing: StandingServer | undefined,
): string[] {
  const id = pg.escapeIdentifier(name);
  if (standing === undefined)
    return [
      `create server ${id} foreign data wrapper postgres_fdw options (${optionList(server)})`,
      `create user mapping for current_user server ${id} options (${optionList(login)})`,
    ];
  return [
    `alter server ${id} options (${changedOptions(server, standing.options)})`,
    `drop user mapping if exists for current_user server ${id}`,
    `create user mapping for current_user server ${id} options (${optionList(login)})`,
  ];
}

function optionList(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${pg.escapeLiteral(value)}`)
    .join(', ');
}

/** `standing` as the catalogue has it: `name=value`. */
function changedOptions(options: Readonly<Record<string, string>>, standing: readonly string[]): string {
  const names = standing.map((option) => option.slice(0, option.indexOf('=')));
  const changes = Object.entries(options).map(
    ([name, value]) => `${names.includes(name) ? 'set' : 'add'} ${name} ${pg.escapeLiteral(value)}`,
  );
  const dropped = names.filter((name) => !(name in options)).map((name) => `drop ${name}`);
  return [...changes, ...dropped].join(', ');
}
