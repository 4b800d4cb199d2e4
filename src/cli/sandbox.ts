import type { Start } from '../config/parse-time.js';
import { waitForAbort } from '../lib/abort.js';
import { dayMs, floorTo } from '../lib/interval.js';
import type { ClockOptions, FaultSettings } from '../sandbox/index.js';
import { startSandbox } from '../sandbox/index.js';
import { type CommandContext, exitDone } from './app/command.js';
import { portDefault, type SandboxFlags } from './sandbox-options.js';

/** Serves the simulated API until it is stopped; the lines to copy into an environment go to standard output. */
export async function sandboxCommand(context: CommandContext, flags: SandboxFlags): Promise<number> {
  const { clock: _clock, accelerate: _accelerate, dataFrom, replay, faults, ...settings } = flags;
  const clock = clockOf(flags, context.now());
  const sandbox = await startSandbox({
    port: portDefault,
    ...settings,
    clock,
    ...(dataFrom && { dataFrom: firstDay(dataFrom, beginOf(clock, context)) }),
    ...(replay !== undefined && { replayDirectory: replay }),
    // Validated by the sandbox itself.
    ...(faults !== undefined && { faults: faults as FaultSettings }),
  });
  context.print(`GENESYSCLOUD_API_URL=${sandbox.url}`);
  context.print(`GENESYSCLOUD_OAUTHCLIENT_ID=${sandbox.clientId}`);
  context.print(`GENESYSCLOUD_OAUTHCLIENT_SECRET=${sandbox.clientSecret}`);
  context.print(`GENESYS_WAREHOUSE_WRITE_CLIENT_ID=${sandbox.writeClient.id}`);
  context.print(`GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET=${sandbox.writeClient.secret}`);
  context.createLog('info', []).info(`The sandbox shows its activity at ${sandbox.url}/ until it is stopped.`);
  await waitForAbort(context.signal);
  await sandbox.close();
  return exitDone;
}

function clockOf({ clock, accelerate }: SandboxFlags, now: Date): ClockOptions {
  if (accelerate !== undefined) return { kind: 'accelerated', from: clock ?? now, factor: accelerate };
  return clock === undefined ? { kind: 'real' } : { kind: 'fixed', at: clock };
}

function beginOf(clock: ClockOptions, { now }: CommandContext): Date {
  if (clock.kind === 'real') return now();
  return clock.kind === 'fixed' ? clock.at : clock.from;
}

/** Returns the first day; a start given as an age begins at midnight UTC. */
function firstDay(from: Start, begin: Date): Date {
  return from.kind === 'at' ? from.at : floorTo(new Date(begin.getTime() - from.agoMs), dayMs);
}
