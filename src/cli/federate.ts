import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { federate } from '../postgres/federation/federate.js';
import { readMember } from '../postgres/federation/member.js';
import { type FederationMember, readMembers } from '../postgres/federation/members.js';
import { isFederation } from '../postgres/federation/target.js';
import { type CommandContext, exitDone, exitFailure } from './app/command.js';
import type { Opened } from './app/open.js';
import { type RowColumn, type RowFormat, renderRows } from './app/table.js';
import { withDatabase } from './app/with-open.js';
import { type MemberOption, membersOf, parseMemberFile } from './federate-members.js';

export interface FederateOptions {
  /** `NAME=URL`. */
  readonly member: readonly string[];
  /** File with such lines, which process listings do not show. */
  readonly membersFile?: string;
  readonly remove: readonly string[];
  readonly status: boolean;
  readonly format: RowFormat;
}

/**
 * Makes the database show the marts of its members: adds, refreshes or removes some, then prints
 * all members and whether they answer. Exit status 1 if one does not.
 */
export async function federateCommand(context: CommandContext, options: FederateOptions): Promise<number> {
  // Addresses contain passwords, which process listings would show to every user of this machine.
  process.title = 'genesys-warehouse federate';
  const fromFile = options.membersFile === undefined ? [] : await readMemberFile(context, options.membersFile);
  const members = membersOf([...options.member, ...fromFile]);
  if (!options.status && members.length === 0 && options.remove.length === 0)
    throw new UsageError('There is nothing to do. Name a member: --member NAME=URL, or use --status.');
  const both = members.find(({ name }) => options.remove.includes(name));
  if (both !== undefined)
    throw new UsageError(`Member ${both.name} is named by --member and by --remove. Use one of them.`);
  return withDatabase(withSecrets(context, members), async (opened) => {
    if (!options.status) await change(context, opened, members, options.remove);
    if (options.status && !(await isFederation(opened.pool)))
      throw new UsageError('The database has no members. Name the first: federate --member NAME=URL.');
    const found = await readMembers(opened.pool);
    context.print(renderRows(options.format, columns, found));
    return found.every(({ isAnswering }) => isAnswering) ? exitDone : exitFailure;
  });
}

async function change(
  context: CommandContext,
  { pool, log, databaseUrl }: Opened,
  options: readonly MemberOption[],
  removed: readonly string[],
): Promise<void> {
  const members = [];
  for (const option of options) members.push({ ...(await readMember(option)), url: option.url });
  const result = await federate(pool, { members, removed, databaseUrl, now: context.now() });
  for (const { name, mayWrite } of members)
    if (mayWrite)
      log.warn({ member: name }, 'Member login has more rights than needed. Use one with genesys_reader only');
  if (!result.isWatched)
    log.warn('Database cannot connect to itself: a frozen member is waited for as long as statement_timeout allows');
  if (!result.isSized)
    log.warn('Sizes of members could not be stored, which needs a superuser before Postgres 18: some plans fetch rows');
  if (!result.isQuick)
    log.warn(
      'Members are checked over new connections before each statement, about 10 ms each. As a superuser, run: create schema federation_dblink authorization OWNER; create extension dblink schema federation_dblink',
    );
  log.info({ members: result.memberCount, relations: result.relationCount }, 'Federated');
}

async function readMemberFile(context: CommandContext, path: string): Promise<string[]> {
  try {
    return parseMemberFile(await readFile(resolve(context.directory, path), 'utf8'));
  } catch (error) {
    throw new UsageError(
      `File ${path} cannot be read (${(error as Error).message}). Name another with --members-file.`,
      {
        cause: error,
      },
    );
  }
}

/** Adds the members' passwords to the secrets that the log redacts. */
function withSecrets(context: CommandContext, members: readonly MemberOption[]): CommandContext {
  const own = members.map(({ url }) => decodeURIComponent(new URL(url).password)).filter((password) => password !== '');
  return { ...context, createLog: (level, secrets) => context.createLog(level, [...secrets, ...own]) };
}

const columns: readonly RowColumn<FederationMember>[] = [
  { name: 'member', of: (row) => row.name },
  { name: 'organization_id', of: (row) => row.organizationId },
  { name: 'organization_name', of: (row) => row.organizationName },
  { name: 'time_zone', of: (row) => row.timeZone },
  { name: 'schema_version', of: (row) => row.schemaVersion },
  { name: 'state', of: (row) => (row.isAnswering ? 'answers' : 'missing') },
  { name: 'reason', of: (row) => row.reason },
  { name: 'missing_columns', of: (row) => row.missingColumns },
];
