import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../app/command.js';
import { formatOption } from '../app/table.js';
import { wrapupApplyCommand } from './apply.js';
import { wrapupCheckCommand } from './check.js';
import { wrapupEnsureCodesCommand } from './ensure-codes.js';
import { importSurveysCommand } from './import-surveys.js';
import { redirectUriDefault, waitSecondsDefault, waitSecondsMax, wrapupLoginCommand } from './login.js';
import { wrapupPlanCommand } from './plan.js';
import { wrapupRevokeCommand } from './revoke.js';
import { surveyFormats } from './survey-file.js';

type Run = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

export interface WrapupEdges {
  readonly run: Run;
  /** Parses a day or a time of the command line. */
  readonly timestamp: (value: string) => Date;
}

/** `genesys-warehouse wrapup …`: wrap-up codes by rule. */
export function addWrapupCommands(program: Command, edges: WrapupEdges): void {
  const wrapup = program.command('wrapup').description('wrap-up codes by rule: check, plan, apply, undo');
  addReading(wrapup, edges);
  addStoring(wrapup, edges);
  addWriting(wrapup, edges);
  addSettingUp(wrapup, edges);
}

function addReading(wrapup: Command, { run, timestamp }: WrapupEdges): void {
  wrapup
    .command('check')
    .description('validate the rules file; report every error with line and column')
    .action(() => run(wrapupCheckCommand));
  wrapup
    .command('plan')
    .description('show what the rules would set, by rule, with examples; writes nothing')
    .option('--from <time>', 'agent sessions that began from here; default: 31 days before --to', timestamp)
    .option('--to <time>', 'end, exclusive (default: now)', timestamp)
    .option('--rule <name>', 'only this rule')
    .addOption(formatOption())
    .action((options) => run((context) => wrapupPlanCommand(context, options)));
}

function addWriting(wrapup: Command, { run, timestamp }: WrapupEdges): void {
  wrapup
    .command('apply')
    .description('record what the rules assign, for reports; with --apply also write it to Genesys')
    .option('--apply', 'write to Genesys what the rules file allows (default: only show what would be written)', false)
    .option('--writes-max <number>', "maximum number of codes to write, below the rules file's own limit", wholeNumber)
    .option('--retry-rejected', 'also retry assignments rejected for permission, login or timeout', false)
    .option('--from <time>', 'agent sessions that began from here; default: 31 days before --to', timestamp)
    .option('--to <time>', 'end, exclusive (default: now)', timestamp)
    .option('--rule <name>', 'only this rule')
    .addOption(formatOption())
    .action((options) => run((context) => wrapupApplyCommand(context, options)));
}

function addSettingUp(wrapup: Command, { run }: WrapupEdges): void {
  wrapup
    .command('login')
    .description('log a user in, for codes that Genesys accepts only from users; prints the address to open')
    .option('--redirect-uri <uri>', 'as registered with the OAuth client, on this machine', redirectUriDefault)
    .option('--wait-seconds <number>', 'maximum time to wait for the login', waitSeconds, waitSecondsDefault)
    .action((options) => run((context) => wrapupLoginCommand(context, options)));
  wrapup
    .command('ensure-codes')
    .description(
      'list codes of the rules that are missing in Genesys or on queues; with --apply create and attach them',
    )
    .option('--apply', 'change Genesys (default: only show what is missing)', false)
    .addOption(formatOption())
    .action((options) => run((context) => wrapupEnsureCodesCommand(context, options)));
}

function waitSeconds(value: string): number {
  const seconds = wholeNumber(value);
  if (seconds <= waitSecondsMax) return seconds;
  throw new InvalidArgumentError(`Use at most ${waitSecondsMax}.`);
}

function wholeNumber(value: string): number {
  if (/^\d{1,6}$/.test(value) && Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('Use a whole number from 1 on.');
}

function addStoring(wrapup: Command, { run, timestamp }: WrapupEdges): void {
  wrapup
    .command('import-surveys')
    .description('import survey answers from a file (idempotent)')
    .argument('<file>', 'CSV with a header line or one JSON object per line; - for standard input')
    .addOption(new Option('--format <format>', 'of the file (default: auto-detected)').choices(surveyFormats))
    .option('--source <name>', 'origin of the answers, for rules and to distinguish ids of two tools', 'import')
    .action((file, options) => run((context) => importSurveysCommand(context, file, options)));
  wrapup
    .command('revoke')
    .description('revoke in the warehouse what a rule assigned')
    .requiredOption('--rule <name>', 'its name, as in the rules file')
    .option('--from <time>', 'only agent sessions that began from here', timestamp)
    .option('--to <time>', 'end, exclusive', timestamp)
    .action((options) => run((context) => wrapupRevokeCommand(context, options)));
}
