import type { Command } from 'commander';
import type { CommandContext } from './app/command.js';
import { eraseCommand } from './erase.js';
import { pruneCommand } from './prune.js';

type Run = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

/** Adds the commands that remove data. */
export function addRetentionCommands(program: Command, run: Run): void {
  program
    .command('prune')
    .description('drop months older than the retention period')
    .requiredOption('--keep <time>', 'how much to keep: 24months, 400d, 2years')
    .option('--dry-run', 'show what would be removed', false)
    .action((options) => run((context) => pruneCommand(context, options)));
  program
    .command('erase')
    .description('erase a person from stored and future data')
    .option('--external-contact <id>', 'an external contact, by id')
    .option('--address <text>', 'external person: phone number or e-mail address')
    .option('--user <id>', 'a user of the organisation, by id')
    .option('--mask', 'replace values with [erased] (the default)')
    .option('--remove', 'remove values')
    .option('--dry-run', 'count what would be changed', false)
    .action((options) => run((context) => eraseCommand(context, options)));
}
