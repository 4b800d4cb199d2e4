import type { Command } from 'commander';
import type { CommandContext } from './app/command.js';
import { eraseCommand } from './erase.js';
import { pruneCommand } from './prune.js';

type Run = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

/** The commands that take data away. */
export function addRetentionCommands(program: Command, run: Run): void {
  program
    .command('prune')
    .description('remove months that are older than is to be kept')
    .requiredOption('--keep <time>', 'how much to keep: 24months, 400d, 2years')
    .option('--dry-run', 'show what would go', false)
    .action((options) => run((context) => pruneCommand(context, options)));
  program
    .command('erase')
    .description('take a person out of everything that is stored, and of everything that is pulled later')
    .option('--external-contact <id>', 'an external contact, by id')
    .option('--address <text>', 'somebody outside, by telephone number or e-mail address')
    .option('--user <id>', 'a user of the organisation, by id')
    .option('--mask', 'write [erased] in the place of values (the default)')
    .option('--remove', 'leave values out altogether')
    .option('--dry-run', 'count what would be changed', false)
    .action((options) => run((context) => eraseCommand(context, options)));
}
