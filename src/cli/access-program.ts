import type { Command } from 'commander';
import { accessGrantCommand, accessListCommand, accessRevokeCommand } from './access.js';
import type { CommandContext } from './app/command.js';

type Run = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

/** Adds the commands that set which role sees which divisions. */
export function addAccessCommands(program: Command, run: Run): void {
  const access = program
    .command('access')
    .description('manage which role of the database sees which divisions in schema mart');
  access
    .command('grant')
    .description('limit a role to these divisions; a role without any sees all')
    .argument('<role>', 'a role of the database')
    .argument('<division...>', 'names or ids of divisions')
    .action((role, divisions) => run((context) => accessGrantCommand(context, role, divisions)));
  access
    .command('revoke')
    .description('revoke divisions from a role, or all of them when none is named')
    .argument('<role>', 'a role of the database')
    .argument('[division...]', 'names or ids of divisions')
    .action((role, divisions) => run((context) => accessRevokeCommand(context, role, divisions)));
  access
    .command('list')
    .description('list roles with the divisions they may see')
    .option('--json', 'output JSON', false)
    .action((options) => run((context) => accessListCommand(context, options)));
}
