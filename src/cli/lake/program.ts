import type { Command } from 'commander';
import type { CommandContext } from '../app/command.js';
import { formatOption } from '../app/table.js';
import { lakeExportCommand } from './export.js';
import { lakePruneCommand, lakeVacuumCommand } from './maintain.js';
import { lakeStatusCommand } from './status.js';

interface Edges {
  readonly run: (command: (context: CommandContext) => Promise<number>) => Promise<void>;
  readonly timestamp: (value: string) => Date;
}

/** Adds the commands of the lake, the Delta tables for engines other than Postgres. */
export function addLakeCommands(program: Command, { run, timestamp }: Edges): void {
  const lake = program
    .command('lake')
    .description('Delta tables of the warehouse for Spark, Databricks, Fabric, Trino, DuckDB');
  lake
    .command('export')
    .description('bring a lake up to date: everything the first time, then the days that changed')
    .argument('<url>', 'a folder, s3://bucket/prefix or abfss://container@account.dfs.core.windows.net/prefix')
    .option('--relation <name...>', 'only these tables', [])
    .option('--from <time>', 'export again from this UTC day on, changed or not', timestamp)
    .option('--to <time>', 'to this UTC day, not included', timestamp)
    .option('--raw', 'include the tables of schema genesys', false)
    .option('--personal', 'include personal data: names of agents, addresses, attributes, notes', false)
    .action((url, options) => run((context) => lakeExportCommand(context, url, options)));
  lake
    .command('status')
    .description('show the tables of lakes: rows, files, days and pending changes')
    .argument('[url]', 'only this lake')
    .addOption(formatOption())
    .action((url, { format }) => run((context) => lakeStatusCommand(context, { url, format })));
  lake
    .command('vacuum')
    .description('delete files that were replaced or removed longer ago than --keep')
    .argument('[url]', 'only this lake')
    .option('--keep <time>', 'time for which queries may still read them: 7d, 48h', '7d')
    .option('--dry-run', 'show what would go', false)
    .action((url, options) => run((context) => lakeVacuumCommand(context, url, options)));
  lake
    .command('prune')
    .description('remove months older than --keep from lakes, which the command prune never does')
    .argument('[url]', 'only this lake')
    .requiredOption('--keep <time>', 'how much to keep: 60months, 5years')
    .option('--dry-run', 'show what would go', false)
    .action((url, options) => run((context) => lakePruneCommand(context, url, options)));
}
