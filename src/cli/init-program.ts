import type { Command } from 'commander';
import type { CommandContext } from './app/command.js';
import { initCommand } from './init/init.js';

type Run = (command: (context: CommandContext) => Promise<number>) => Promise<void>;

/** Adds `init` to the command line. */
export function addInitCommand(program: Command, run: Run): void {
  program
    .command('init')
    .description('write a first .env, asking for settings that no option gives, and test it')
    .option('--region <name>', 'region of the organisation, such as eu-central-1 or mypurecloud.de')
    .option('--api-url <url>', 'base URL of a gateway or of the sandbox, instead of the region')
    .option('--client-id <id>', 'of an OAuth client with the grant type Client Credentials')
    .option('--client-secret-file <path>', 'file that holds its secret; - reads standard input')
    .option('--database-url <url>', 'postgres://user:password@host:5432/database (default: an embedded one)')
    .option('--time-zone <name>', 'of reports, such as Europe/Berlin (default: that of this machine)')
    .option('--start <time>', 'how far back the first sync reaches, such as 30d')
    .option('--granularity <length>', 'of aggregate intervals: PT15M, PT30M or PT1H')
    .option('--force', 'replace a .env that exists; it is kept as .env.previous', false)
    .option('--no-check', 'do not test the settings')
    .action((options) => run((context) => initCommand(context, options)));
}
