import type { World, WorldOptions } from '../world.js';
import { createClock } from './clock.js';
import type { Core } from './core.js';
import { ConversationSource } from './details/conversation-source.js';
import { ResultSets } from './details/result-sets.js';
import { editableDirectory } from './directory/editable-directory.js';
import { Faults } from './faults/faults.js';
import { RateLimit } from './http/rate-limit.js';
import { RequestLog } from './http/request-log.js';
import { dayStartOf } from './intervals.js';
import { TokenStore } from './login/tokens.js';
import { Notifications } from './notifications.js';
import type { ResolvedOptions } from './options.js';
import { dataAgeDefaultMs } from './options.js';
import { boundedWorld } from './replay/bounded-world.js';
import type { Replay } from './replay/replay.js';

/** Everything one sandbox is made of. */
export interface Parts {
  readonly options: ResolvedOptions;
  readonly replay: Replay | undefined;
  readonly core: Core;
  readonly notifications: Notifications;
  readonly tokens: TokenStore;
  readonly rateLimit: RateLimit;
  readonly log: RequestLog;
}

export function worldOptions({ seed, agents, conversationsPerDay, timeZone }: ResolvedOptions): WorldOptions {
  return { seed, agents, conversationsPerDay, timeZone };
}

export function createParts(
  options: ResolvedOptions,
  whole: World,
  replay: Replay | undefined,
  machineMs: () => number,
): Parts {
  const clock = createClock(options.clock, machineMs);
  const dataFromMs = options.dataFrom?.getTime() ?? replay?.dataFromMs ?? dayStartOf(clock.nowMs() - dataAgeDefaultMs);
  const directory = editableDirectory(whole.directory);
  const world = { ...boundedWorld(whole, dataFromMs), directory };
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
      directory,
      notify: (topicName, eventBody) => notifications.send(topicName, eventBody),
    },
    tokens: new TokenStore({
      seed,
      clientId,
      clientSecret,
      lifetimeSeconds,
      machineMs,
      userIds: () => activeUserIds(world),
    }),
    rateLimit: new RateLimit(options.requestsPerMinute, options.rateWindowMs, machineMs),
    log: new RequestLog(options.requestLogMax),
  };
}

function activeUserIds({ directory }: World): readonly string[] {
  return directory.users.filter((user) => user.state === 'active').map((user) => String(user.id));
}
