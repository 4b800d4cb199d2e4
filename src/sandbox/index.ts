import type { Server } from 'node:http';
import { UsageError } from '../lib/errors.js';
import { aggregates, hasEvents, queueObservations, userDetails, withoutRepeats } from './aggregates/index.js';
import type { AnalyticsModules } from './server/aggregates/analytics-modules.js';
import { apiMatcher } from './server/api.js';
import type { SandboxControl } from './server/control/control.js';
import { controlOf } from './server/control/sandbox-control.js';
import { listen } from './server/http/http-server.js';
import type { Notifications } from './server/notifications.js';
import type { SandboxSettings } from './server/options.js';
import { resolveOptions } from './server/options.js';
import { createParts, worldOptions } from './server/parts.js';
import { loadReplay } from './server/replay/replay.js';
import { createWorld as createSimulatedWorld } from './world/index.js';
import type { World, WorldOptions } from './world.js';

export type {
  AggregateKind,
  AggregateQuery,
  AggregatesModule,
  DimensionLookup,
  UserDetailsModule,
  UserDetailsQuery,
} from './server/aggregates/analytics-modules.js';
export type { ClockOptions } from './server/clock.js';
export type { Restatement } from './server/control/control.js';
export type { FaultSettings } from './server/faults/fault-settings.js';
export { faultNames } from './server/faults/fault-settings.js';
export type { RequestLogEntry } from './server/http/request-log.js';
export type { NumberSetting, SandboxSettings } from './server/options.js';
export { defaults, limits } from './server/options.js';

export interface SandboxOptions extends SandboxSettings, AnalyticsModules {
  /** Another organisation than the simulated one; for tests of the server itself. */
  readonly createWorld?: (options: WorldOptions) => World;
}

export interface Sandbox extends SandboxControl {
  readonly world: World;
  close(): Promise<void>;
}

/**
 * Starts the simulated Genesys Cloud on 127.0.0.1. The organisation's data is generated on demand.
 * Throws UsageError for wrong options and when the port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { createWorld = createSimulatedWorld } = options;
  const resolved = resolveOptions(options);
  const replay = resolved.replayDirectory === undefined ? undefined : loadReplay(resolved.replayDirectory, resolved);
  const world = replay?.world ?? createWorld(worldOptions(resolved));
  const parts = createParts(resolved, world, replay, () => Date.now());
  const { core, tokens, rateLimit } = parts;
  const gate = {
    core,
    tokens,
    rateLimit,
    matcher: apiMatcher(core, figuresOf(world, options), parts.notifications.routes()),
    recorded: replay?.answers,
  };
  let port = parts.options.port;
  const control = controlOf(parts, () => port);
  const listening = await listen({ gate, log: parts.log, control }, port).catch((error: unknown) => {
    throw portError(error, port);
  });
  port = listening.port;
  parts.notifications.attach(listening.server, port);
  return {
    ...control,
    url: `http://127.0.0.1:${port}`,
    port,
    world: parts.core.world,
    close: () => closed(listening.server, parts.notifications),
  };
}

/** Only a world that shows its events can be counted; recorded answers cannot. */
function figuresOf(world: World, given: AnalyticsModules): AnalyticsModules {
  if (!hasEvents(world)) return given;
  return { aggregates, userDetails, userDetailsPage: withoutRepeats, queueObservations, ...given };
}

function portError(error: unknown, port: number): Error {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    return new UsageError(`Port ${port} is in use; choose another one, or 0 for any that is free.`, { cause: error });
  return error as Error;
}

async function closed(server: Server, notifications: Notifications): Promise<void> {
  notifications.close();
  const closing = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closing;
}
