import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import { startSandbox } from '../sandbox/index.js';
import { parseTimestamp } from '../start.js';
import { type CommandContext, exitDone } from './context.js';

export interface SandboxCommandOptions {
  readonly port: string;
  readonly seed: string;
  readonly agents: string;
  readonly conversationsPerDay: string;
  readonly timeZone: string;
  readonly requestsPerMinute: string;
  readonly clock?: string;
  readonly accelerate?: string;
  readonly replay?: string;
  readonly faults?: string;
}

export function addSandboxOptions(command: Command): Command {
  return command
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', '8765')
    .option('--seed <n>', 'same seed, same organisation', '1')
    .option('--agents <n>', '5 to 5000', '60')
    .option('--conversations-per-day <n>', '100 to 500000', '2000')
    .option('--time-zone <zone>', 'in which the organisation lives', 'UTC')
    .option('--requests-per-minute <n>', "the API's limit, or unlimited", '300')
    .option('--clock <time>', 'stand still at this instant instead of following the real clock')
    .option('--accelerate <factor>', 'let time run this many times faster, from --clock or now')
    .option('--faults <json>', 'misbehave, e.g. {"http5xx":{"rate":0.01,"body":"html"}}')
    .option('--replay <folder>', 'serve recorded responses instead of the simulation');
}

/** Serves the simulated API until it is stopped; the lines to copy into an environment go to standard output. */
export async function sandboxCommand(context: CommandContext, options: SandboxCommandOptions): Promise<number> {
  const sandbox = await startSandbox({
    port: Number(options.port),
    seed: Number(options.seed),
    agents: Number(options.agents),
    conversationsPerDay: Number(options.conversationsPerDay),
    timeZone: options.timeZone,
    requestsPerMinute: options.requestsPerMinute === 'unlimited' ? 'unlimited' : Number(options.requestsPerMinute),
    clock: clockOf(options, context.now()),
    ...(options.faults !== undefined && { faults: parseFaults(options.faults) }),
    ...(options.replay !== undefined && { replayDirectory: options.replay }),
  });
  context.print(`GENESYSCLOUD_API_URL=${sandbox.url}`);
  context.print(`GENESYSCLOUD_OAUTHCLIENT_ID=${sandbox.clientId}`);
  context.print(`GENESYSCLOUD_OAUTHCLIENT_SECRET=${sandbox.clientSecret}`);
  await stopped(context.signal);
  await sandbox.close();
  return exitDone;
}

function clockOf({ clock, accelerate }: SandboxCommandOptions, now: Date) {
  const at = clock === undefined ? undefined : parseTimestamp(clock);
  if (clock !== undefined && at === undefined)
    throw new UsageError(`--clock ${clock} is no instant; use one such as 2026-01-31T08:00:00Z.`);
  if (accelerate === undefined) return at === undefined ? { kind: 'real' as const } : { kind: 'fixed' as const, at };
  return { kind: 'accelerated' as const, from: at ?? now, factor: Number(accelerate) };
}

function parseFaults(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('--faults is not readable as JSON; use e.g. {"truncatedJson":0.01}.');
  }
}

export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
