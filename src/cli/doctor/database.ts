/** Checks of the database: reachable, new enough, rights, schema, settings for this load, connections, clock, disk. */
import type pg from 'pg';
import type { Config } from '../../config/config.js';
import { asError, OutageError, OutdatedProgramError, UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { describeTarget } from '../../postgres/connection/errors.js';
import { newestVersion } from '../../postgres/connection/versions.js';
import { readServerFacts, type ServerFacts } from '../../postgres/inspect.js';
import { pendingMigrations, refuseNewerDatabase } from '../../postgres/migrate.js';
import type { CommandContext } from '../app/command.js';
import { errorFacts } from '../app/error-text.js';
import { type Opened, openPool, spareConnections } from '../app/open.js';
import { type Check, checksOf } from './check.js';
import { differenceText } from './clock.js';
import { checkDataDisk } from './disk.js';
import { checkPage } from './page.js';
import { bytesText } from './units.js';

const { ok, note, warning, fault } = checksOf('database');

const megaByte = 1024 ** 2;
/** Settings that measurably speed up loads of whole days; docker-compose.yml sets the same. */
const wanted = { maxWalSizeBytes: 4 * 1024 * megaByte, sharedBuffersBytes: 512 * megaByte, randomPageCost: 2 } as const;
const clockToleranceMs = 5 * secondMs;

/** Opens the configured database, or starts the embedded one, and checks it. */
export async function checkDatabase(context: CommandContext, config: Config): Promise<readonly Check[]> {
  const log = context.createLog('error', []);
  let opened: Opened;
  try {
    opened = await openPool(context, { config, log });
  } catch (error) {
    return [unreachable(error, config)];
  }
  try {
    return await checkOpened(opened, context.now);
  } catch (error) {
    return [unreachable(error, config)];
  } finally {
    await opened.close();
  }
}

async function checkOpened(opened: Opened, now: () => Date): Promise<readonly Check[]> {
  const { pool, config } = opened;
  const askedMs = now().getTime();
  const facts = await readServerFacts(pool);
  const answeredMs = now().getTime();
  return [
    reachable(facts, config),
    checkRights(facts),
    await checkSchema(pool, facts),
    checkConnections(facts, config),
    checkSettings(facts, config),
    checkClock(facts.nowMs - (askedMs + answeredMs) / 2),
    ...(await checkDataDisk(config.databaseUrl, facts.dataDirectory)),
    ...(await checkPage(opened, facts.isMigrated)),
  ];
}

function unreachable(thrown: unknown, config: Config): Check {
  if (thrown instanceof UsageError || thrown instanceof OutageError) {
    const [problem = '', ...remedy] = thrown.message.split('; ');
    return fault('connection', problem, remedy.length === 0 ? undefined : `${capital(remedy.join('; '))}.`);
  }
  const facts = errorFacts(asError(thrown));
  const reason = 'reason' in facts ? facts.reason : facts.error.message;
  const where = config.databaseUrl === undefined ? 'The embedded Postgres' : placeOf(config.databaseUrl);
  return fault('connection', `${where} cannot be used (${reason})`, 'Check DATABASE_URL.');
}

function reachable(facts: ServerFacts, { databaseUrl }: Config): Check {
  const found = `Postgres ${facts.version}, ${bytesText(facts.databaseBytes)}`;
  if (databaseUrl === undefined)
    return note('connection', `embedded ${found}, meant for trials`, 'Set DATABASE_URL to keep data for years.');
  const place = `${found} at ${placeOf(databaseUrl)}`;
  if (facts.majorVersion > newestVersion)
    return note('connection', place, `Postgres ${newestVersion} is the newest that is tested.`);
  return ok('connection', place);
}

/** Returns the address without the user name, because reports are shared. */
function placeOf(databaseUrl: string): string {
  return describeTarget(databaseUrl).replace(/ as .*$/, '');
}

function checkRights(facts: ServerFacts): Check {
  if (!facts.isMigrated && !facts.mayCreate)
    return fault('rights', 'this role may not create schemas here', 'Run: grant create on database … to … .');
  if (facts.isOwner && facts.missingRoles.length > 0 && !facts.mayCreateRoles)
    return fault(
      'rights',
      `the roles ${facts.missingRoles.join(' and ')} are missing, and this role may not create them`,
      'Have an administrator run docs/roles.sql once.',
    );
  if (!facts.isMigrated) return ok('rights', 'this role may create the schemas');
  if (facts.isOwner) return ok('rights', 'this role owns the schemas');
  if (facts.mayWrite) return ok('rights', 'this role may write; migrate is for the role that owns the schemas');
  return fault(
    'rights',
    'this role may not write into the schemas, which another one owns',
    'Use the role that owns them, or genesys_writer of docs/roles.sql.',
  );
}

async function checkSchema(pool: pg.Pool, facts: ServerFacts): Promise<Check> {
  if (!facts.isMigrated) return ok('schema', 'empty: the first command that needs it creates it');
  try {
    await refuseNewerDatabase(pool);
    const pending = await pendingMigrations(pool);
    if (pending.length === 0) return ok('schema', 'at the version of this program');
    const found = `${pending.length} migrations are pending`;
    if (facts.isOwner) return note('schema', found, 'The next command runs them; or run migrate.');
    return fault('schema', found, 'Run migrate as the role that owns the schemas.');
  } catch (error) {
    if (error instanceof OutdatedProgramError)
      return fault('schema', 'a newer genesys-warehouse has migrated this database', 'Install that version.');
    return warning('schema', `cannot be read (${asError(error).message})`, 'Use the role that owns the schemas.');
  }
}

function checkConnections({ freeConnections }: ServerFacts, { concurrency }: Config): Check {
  const needed = concurrency + spareConnections;
  const found = `${freeConnections} free, ${needed} wanted`;
  if (freeConnections >= needed) return ok('connections', found);
  return warning('connections', found, 'Raise max_connections, or lower GENESYS_WAREHOUSE_CONCURRENCY.');
}

/** Checks settings. They affect only speed, so the results are notes. The embedded server has its own settings. */
function checkSettings(facts: ServerFacts, { databaseUrl }: Config): Check {
  const changes = [
    facts.maxWalSizeBytes < wanted.maxWalSizeBytes && "alter system set max_wal_size = '4GB';",
    facts.sharedBuffersBytes < wanted.sharedBuffersBytes && "alter system set shared_buffers = '512MB';",
    facts.randomPageCost > wanted.randomPageCost && 'alter system set random_page_cost = 1.1;',
  ].filter((change) => change !== false);
  const found = `max_wal_size ${bytesText(facts.maxWalSizeBytes)}, shared_buffers ${bytesText(facts.sharedBuffersBytes)}, random_page_cost ${facts.randomPageCost}`;
  if (changes.length === 0 || databaseUrl === undefined) return ok('settings', found);
  return note('settings', found, `For long backfills and reports, on a disk without seek times: ${changes.join(' ')}`);
}

function checkClock(differenceMs: number): Check {
  const found = differenceText(differenceMs, 'this machine');
  if (Math.abs(differenceMs) <= clockToleranceMs) return ok('clock', found);
  return warning('clock', found, 'Synchronise both clocks (NTP): statuses and claims depend on them.');
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
