import { UsageError } from '../../../lib/errors.js';
import type { Core } from '../core.js';
import { availabilityMs } from '../details/details-jobs.js';
import { withoutMillis } from '../intervals.js';
import { userClient, writeClient } from '../login/tokens.js';
import type { Parts } from '../parts.js';
import type { Restatement, SandboxControl } from './control.js';
import { mergePatch } from './control.js';
import { answerSurvey, enterWrapup } from './people.js';

/** `port` is a function because the port is not known before the server listens. */
export function controlOf(parts: Parts, port: () => number): SandboxControl {
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
    writeClient,
    userClient,
    now: () => new Date(core.clock.nowMs()),
    setNow: (at) => moved(core, () => core.clock.setNow(at.getTime())),
    advance: (deltaMs) => moved(core, () => core.clock.advance(deltaMs)),
    requests: () => log.entries(),
    resetRequests: () => log.reset(),
    setFaults: (settings) => core.faults.set(settings),
    faultsInjected: () => core.faults.counts(),
    restate: (restatement) => restate(core, restatement),
    notify: (topicName, eventBody) => core.notify(topicName, eventBody),
    revokeTokens: () => tokens.revokeAll(),
    revokeLogins: () => tokens.revokeLogins(),
    enterWrapup: (wrapup) => enterWrapup(core, wrapup),
    answerSurvey: (answer) => answerSurvey(core, answer),
    reset: () => reset(parts),
    status: () => statusOf(parts),
  };
  return control;
}

/** A restatement of a conversation that nobody has would never be seen; that is more likely a mistake. */
function restate(core: Core, restatement: Restatement): void {
  const { conversationId, patch = {}, change = (record) => mergePatch(record, patch), at } = restatement;
  if (core.world.conversationById(conversationId) === undefined)
    throw new UsageError(`There is no conversation ${conversationId}; use an id that the sandbox has returned.`);
  core.source.overlay(conversationId, { atMs: at?.getTime() ?? core.clock.nowMs(), change });
}

/** Moves the data lake with the time, and says so. */
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
