import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { catalogFormats } from '../catalog/formats.js';
import { type Environment, loadEnvironment } from '../config/config.js';
import { parseTimestamp } from '../config/parse-time.js';
import { OutageError, UsageError } from '../lib/errors.js';
import { createLog, type Log, type LogOptions } from '../lib/log.js';
import { programCall } from '../lib/program-call.js';
import { version } from '../lib/version.js';
import { addAccessCommands } from './access-program.js';
import { type CommandContext, exitDone, exitFailure, exitUsage } from './app/command.js';
import { errorFacts } from './app/error-text.js';
import { formatOption } from './app/table.js';
import { backfillCommand } from './backfill.js';
import { catalogCommand } from './catalog.js';
import { dashboardCommand } from './dashboard.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor/doctor.js';
import { exportCommand } from './export.js';
import { federateCommand } from './federate.js';
import { addInitCommand } from './init-program.js';
import { addLakeCommands } from './lake/program.js';
import { migrateCommand } from './migrate.js';
import { rebuildFactsCommand } from './rebuild-facts.js';
import { reconcileCommand } from './reconcile.js';
import { addRetentionCommands } from './retention-program.js';
import { retryCommand } from './retry.js';
import { runCommand } from './run/run.js';
import { sandboxCommand } from './sandbox.js';
import { addSandboxOptions } from './sandbox-options.js';
import { statusCommand } from './status.js';
import { syncCommand } from './sync.js';
import { addWrapupCommands } from './wrapup/program.js';

export interface ProgramIO extends Omit<CommandContext, 'environment' | 'createLog'> {
  /** Default: the environment of the process with `.env`. */
  readonly environment?: Environment;
  /** `process.argv[1]`: how the program was started. */
  readonly script?: string;
  /** Standard error unless given. */
  readonly writeLog?: (line: string) => void;
}

/** Parses the command line, runs one command and turns its outcome into an exit status. */
export async function runProgram(args: readonly string[], edges: ProgramIO): Promise<number> {
  let status = exitDone;
  const log = (level: string, secrets: readonly string[]) =>
    createLog({
      level: level as LogOptions['level'],
      secrets,
      ...(edges.writeLog && { destination: { write: edges.writeLog } }),
    });
  const writeFault = edges.writeLog ?? ((text: string) => void process.stderr.write(text));
  const program = buildProgram(writeFault, async (command) => {
    const environment =
      edges.environment ?? loadEnvironment(edges.directory, undefined, (text) => log('warn', []).warn(text));
    const { script = '', directory } = edges;
    const call = programCall({ script, directory, environment });
    status = await command({ ...edges, environment, call, createLog: log });
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    return statusOf(error, edges.signal, log('error', []));
  }
}

function statusOf(error: unknown, signal: AbortSignal, log: Log): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitDone : exitUsage;
  if (signal.aborted) return exitFailure;
  if (error instanceof UsageError) {
    for (const line of error.message.split('\n')) log.error(line);
    return exitUsage;
  }
  const facts = errorFacts(error);
  if ('reason' in facts) log.error(facts.reason);
  else log.error(facts, facts.error.message);
  return error instanceof OutageError && error.isMistake ? exitUsage : exitFailure;
}

const portMax = 65_535;
const failOnDeadLetters = [
  '--fail-on-dead-letters',
  'exit with status 1 when records could not be stored',
  false,
] as const;

type Run = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

function buildProgram(writeErr: (text: string) => void, run: Run): Command {
  const program = new Command('genesys-warehouse')
    .description('A warehouse of a Genesys Cloud contact centre in Postgres')
    .version(version)
    .showHelpAfterError('(genesys-warehouse --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeErr });
  addTryingCommands(program, run);
  addExtractingCommands(program, run);
  addReadingCommands(program, run);
  addCatalogCommand(program, run);
  addFederateCommand(program, run);
  addAccessCommands(program, run);
  addRetentionCommands(program, run);
  addLakeCommands(program, { run, timestamp });
  addWrapupCommands(program, { run, timestamp });
  return program;
}

function addTryingCommands(program: Command, run: Run): void {
  program
    .command('demo')
    .description('try everything without configuration: sandbox, embedded Postgres, a week of data, a report')
    .option('--keep', 'keep the sandbox and the database running until Ctrl-C', false)
    .action((options) => run((context) => demoCommand(context, options)));
  addInitCommand(program, run);
  program
    .command('doctor')
    .description('check machine, database, OAuth client and permissions, and show what is lost without each')
    .option('--json', 'output JSON', false)
    .action((options) => run((context) => doctorCommand(context, options)));
  addSandboxOptions(
    program
      .command('sandbox')
      .description('run only the simulated Genesys Cloud API, e.g. to build reports without credentials'),
  ).action((options) => run((context) => sandboxCommand(context, options)));
}

function addExtractingCommands(program: Command, run: Run): void {
  program
    .command('migrate')
    .description('apply pending migrations and rebuild views (idempotent)')
    .action(() => run(migrateCommand));
  program
    .command('rebuild-facts')
    .description(
      'recompute derived fact tables, one month at a time, from what was pulled (rarely needed, safe at any time)',
    )
    .action(() => run(rebuildFactsCommand));
  program
    .command('sync')
    .description('pull everything that is due now, then exit')
    .option('--stream <name...>', 'only these streams', [])
    .option(...failOnDeadLetters)
    .action((options) => run((context) => syncCommand(context, options)));
  program
    .command('backfill')
    .description('pull a past range; resumable')
    .requiredOption('--from <time>', 'begin, e.g. 2026-01-01 or 2026-01-01T00:00:00Z', timestamp)
    .requiredOption('--to <time>', 'end, exclusive', timestamp)
    .option('--stream <name...>', 'only these streams', [])
    .option('--force', 'pull the range again', false)
    .option(...failOnDeadLetters)
    .action((options) => run((context) => backfillCommand(context, options)));
  program
    .command('run')
    .description('run the scheduler until stopped')
    .option('--stream <name...>', 'only these streams', [])
    .option('--schedule <cron>', 'cron expression of the ticks', '* * * * *')
    .option('--wrapup', 'react to events between the ticks, and evaluate the rules for wrap-up codes', false)
    .option('--apply', 'with --wrapup: write assigned codes to Genesys, within the limits of the rules file', false)
    .action((options) => run((context) => runCommand(context, options)));
  program
    .command('retry')
    .description('retry dead letters')
    .action(() => run(retryCommand));
}

function addReadingCommands(program: Command, run: Run): void {
  program
    .command('dashboard')
    .description('serve the web page over schema mart until stopped')
    .option('--port <number>', 'port to listen on; 0 takes any free port', portNumber)
    .action((options) => run((context) => dashboardCommand(context, options)));
  program
    .command('reconcile')
    .description("compare stored conversations with Genesys' own aggregates, in whole UTC days")
    .requiredOption('--from <time>', 'begin, e.g. 2026-01-01', timestamp)
    .requiredOption('--to <time>', 'end, exclusive', timestamp)
    .addOption(formatOption())
    .action((options) => run((context) => reconcileCommand(context, options)));
  program
    .command('status')
    .description('show coverage, pending work, failures and sizes')
    .option('--json', 'output JSON', false)
    .action((options) => run((context) => statusCommand(context, options)));
  program
    .command('export')
    .description('write a relation of schema mart to standard output')
    .argument('<relation>', 'e.g. rpt_wrapup_causes')
    .option('--from <time>', 'first instant or day', timestamp)
    .option('--to <time>', 'end, exclusive', timestamp)
    .addOption(new Option('--format <format>', 'how to write it').choices(['csv']).default('csv'))
    .option('--raw', 'unescaped values, for programs; by default formulas and control characters are escaped', false)
    .action((relation, options) => run((context) => exportCommand(context, relation, options)));
}

function addCatalogCommand(program: Command, run: Run): void {
  program
    .command('catalog')
    .description('write the data dictionary and the relationships of schema mart as a model for a BI tool')
    .addOption(new Option('--format <format>', 'what to write').choices(Object.keys(catalogFormats)).default('json'))
    .option('--output <directory>', 'write files to this directory instead of standard output')
    .option('--relation <name>', 'with --format tableau: only the data source of this fact or report')
    .action((options) => run((context) => catalogCommand(context, options)));
}

function addFederateCommand(program: Command, run: Run): void {
  program
    .command('federate')
    .description('make one database whose schema mart shows several warehouses, one per organisation')
    .option('--member <name=url...>', 'warehouses to add or refresh, e.g. emea=postgres://…', [])
    .option('--members-file <file>', 'the same, one per line, hidden from other users of this machine')
    .option('--remove <name...>', 'members to remove', [])
    .option('--status', 'change nothing; only show which members answer', false)
    .addOption(formatOption())
    .action((options) => run((context) => federateCommand(context, options)));
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > portMax) throw new InvalidArgumentError(`Use a port from 0 to ${portMax}.`);
  return port;
}

function timestamp(value: string): Date {
  const at = parseTimestamp(value);
  if (at === undefined)
    throw new InvalidArgumentError(
      'Use a day such as 2026-01-31 or a time with its offset such as 2026-01-31T08:00:00Z.',
    );
  return at;
}
