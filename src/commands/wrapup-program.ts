import type { Command } from 'commander';
import type { CommandContext } from './context.js';
import { wrapupCheckCommand } from './wrapup-check.js';
import { importSurveysCommand } from './wrapup-import-surveys.js';
import { wrapupPlanCommand } from './wrapup-plan.js';
import { wrapupRevokeCommand } from './wrapup-revoke.js';

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
}

function addReading(wrapup: Command, { run, timestamp }: WrapupEdges): void {
  wrapup
    .command('check')
    .description('hold the rules file against its schema and the directory; all faults with line and column')
    .action(() => run(wrapupCheckCommand));
  wrapup
    .command('plan')
    .description('what the rules would set, by rule, with examples; writes nothing')
    .option('--from <time>', 'handlings that began from here; 31 days before --to unless given', timestamp)
    .option('--to <time>', 'end, not included; now unless given', timestamp)
    .option('--rule <name>', 'only this rule')
    .option('--format <format>', 'table, csv or json', 'table')
    .action((options) => run((context) => wrapupPlanCommand(context, options)));
}

function addStoring(wrapup: Command, { run, timestamp }: WrapupEdges): void {
  wrapup
    .command('import-surveys')
    .description('answers of surveys from a file; the same answer again changes nothing')
    .argument('<file>', 'CSV with a header line or one JSON object per line; - for standard input')
    .option('--format <format>', 'csv or ndjson; told from the first letter unless given')
    .option('--source <name>', 'where the answers came from, for rules and to keep ids of two tools apart', 'import')
    .action((file, options) => run((context) => importSurveysCommand(context, file, options)));
  wrapup
    .command('revoke')
    .description('undo in the warehouse what a rule assigned')
    .requiredOption('--rule <name>', 'its name, as in the rules file')
    .option('--from <time>', 'only handlings that began from here', timestamp)
    .option('--to <time>', 'end, not included', timestamp)
    .action((options) => run((context) => wrapupRevokeCommand(context, options)));
}
