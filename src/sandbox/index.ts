import type { Server } from 'node:http';
import { UsageError } from '../errors.js';
import type { AnalyticsModules } from './server/analytics-modules.js';
import { apiMatcher } from './server/api.js';
import { createClock } from './server/clock.js';
import type { SandboxControl } from './server/control.js';
import { mergePatch } from './server/control.js';
import { ConversationSource } from './server/conversation-source.js';
import type { Core } from './server/core.js';
import { availabilityMs } from './server/details-jobs.js';
import { Faults } from './server/faults.js';
import { listen } from './server/http-server.js';
import { dayStartOf, withoutMillis } from './server/intervals.js';
import { Notifications } from './server/notifications.js';
import type { ResolvedOptions, SandboxSettings } from './server/options.js';
import { dataAgeDefaultMs, resolveOptions } from './server/options.js';
import { RateLimit } from './server/rate-limit.js';
import type { Replay } from './server/replay.js';
import { loadReplay } from './server/replay.js';
import { RequestLog } from './server/request-log.js';
import { ResultSets } from './server/result-sets.js';
import { TokenStore } from './server/tokens.js';
import { createWorld as createSimulatedWorld } from './world/index.js';
import type { World, WorldOptions } from './world.js';

export type {
  AggregateKind,
  AggregateQuery,
  AggregatesModule,
  DimensionLookup,
  UserDetailsModule,
  UserDetailsQuery,
} from './server/analytics-modules.js';
export type { Restatement } from './server/control.js';
export type { FaultSettings } from './server/fault-settings.js';
export type { RequestLogEntry } from './server/request-log.js';

export interface SandboxOptions extends SandboxSettings, AnalyticsModules {
  /** Another organisation than the simulated one; for tests of the server itself. */
  readonly createWorld?: (options: WorldOptions) => World;
}

export interface Sandbox extends SandboxControl {
  readonly world: World;
  close(): Promise<void>;
}

interface Parts {
  readonly options: ResolvedOptions;
  readonly replay: Replay | undefined;
  readonly core: Core;
  readonly notifications: Notifications;
  readonly tokens: TokenStore;
  readonly rateLimit: RateLimit;
  readonly log: RequestLog;
}

/**
 * Starts the simulated Genesys Cloud on 127.0.0.1. Nothing of the organisation is made before it is asked for.
 * Throws UsageError for wrong options and when the port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { createWorld = createSimulatedWorld, aggregates, userDetails, ...settings } = options;
  const resolved = resolveOptions(settings);
  const replay = resolved.replayDirectory === undefined ? undefined : loadReplay(resolved.replayDirectory, resolved);
  const world = replay?.world ?? createWorld(worldOptions(resolved));
  const parts = createParts(resolved, world, replay);
  const { core, tokens, rateLimit } = parts;
  const modules = { ...(aggregates && { aggregates }), ...(userDetails && { userDetails }) };
  const gate = {
    core,
    tokens,
    rateLimit,
    matcher: apiMatcher(core, modules, parts.notifications.routes()),
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

function worldOptions({ seed, agents, conversationsPerDay, timeZone }: ResolvedOptions): WorldOptions {
  return { seed, agents, conversationsPerDay, timeZone };
}

function createParts(options: ResolvedOptions, world: World, replay: Replay | undefined): Parts {
  const machineMs = () => Date.now();
  const clock = createClock(options.clock, machineMs);
  const dataFromMs = options.dataFrom?.getTime() ?? replay?.dataFromMs ?? dayStartOf(clock.nowMs() - dataAgeDefaultMs);
  const source = new ConversationSource(world, dataFromMs, options.cacheBytesMax, replay?.pageOf);
  const { seed } = options;
  const faults = new Faults(seed, options.faults);
  const notifications = new Notifications(seed, clock);
  const { clientId, clientSecret, tokenLifetimeSeconds: lifetimeSeconds } = options;
  return {
    options,
    replay,
    notifications,
    core: {
      options,
      clock,
      machineMs,
      world,
      source,
      faults,
      results: new ResultSets(source),
      notify: (topicName, eventBody) => notifications.send(topicName, eventBody),
    },
    tokens: new TokenStore({ seed, clientId, clientSecret, lifetimeSeconds, machineMs }),
    rateLimit: new RateLimit(options.requestsPerMinute, options.rateWindowMs, machineMs),
    log: new RequestLog(options.requestLogMax),
  };
}

function controlOf(parts: Parts, port: () => number): SandboxControl {
  const { core, tokens, log, options } = parts;
  const control: SandboxControl = {
    get url() {
      return `http://127.0.0.1:${port()}`;
    },
    get port() {
      return port();
    },
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    now: () => new Date(core.clock.nowMs()),
    setNow: (at) => moved(core, () => core.clock.setNow(at.getTime())),
    advance: (deltaMs) => moved(core, () => core.clock.advance(deltaMs)),
    requests: () => log.entries(),
    resetRequests: () => log.reset(),
    setFaults: (settings) => core.faults.set(settings),
    faultsInjected: () => core.faults.counts(),
    restate: ({ conversationId, patch = {}, change = (record) => mergePatch(record, patch), at }) =>
      core.source.overlay(conversationId, { atMs: at?.getTime() ?? core.clock.nowMs(), change }),
    notify: (topicName, eventBody) => core.notify(topicName, eventBody),
    revokeTokens: () => tokens.revokeAll(),
    reset: () => reset(parts),
    status: () => statusOf(parts),
  };
  return control;
}

/** When time is moved, the data lake moves with it, and says so. */
function moved(core: Core, move: () => void): void {
  move();
  const dataAvailabilityDate = withoutMillis(availabilityMs(core));
  core.notify('v2.analytics.conversations.details.jobs.availability', { dataAvailabilityDate });
}

function reset(parts: Parts): void {
  parts.log.reset();
  parts.core.faults.set({});
  parts.core.source.resetOverlays();
  parts.rateLimit.reset();
}

function statusOf({ core, log, options, replay }: Parts): ReturnType<SandboxControl['status']> {
  const { seed, agents, conversationsPerDay, timeZone, requestsPerMinute } = options;
  return {
    now: new Date(core.clock.nowMs()).toISOString(),
    clock: core.clock.kind,
    dataFrom: new Date(core.source.dataFromMs).toISOString(),
    organization: { seed, agents, conversationsPerDay, timeZone, name: core.world.directory.organization.name ?? null },
    requestsPerMinute,
    requests: log.total,
    requestsByOperation: log.counts(),
    faults: core.faults.settings as never,
    faultsInjected: core.faults.counts(),
    preparedBytes: core.source.cachedBytes,
    ...(replay === undefined ? {} : { replay: replay.report }),
  };
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
