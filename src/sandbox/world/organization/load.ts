import type { MediaType } from '../events.js';
import type { QueueTemplate } from './queue-catalog.js';

/** Shares of all conversations that come to an agent by each way, as the kinds' weights make them. */
const inboundShares: Readonly<Partial<Record<MediaType, number>>> = {
  voice: 0.48,
  callback: 0.026,
  chat: 0.05,
  message: 0.17,
  email: 0.09,
};
const outboundShare = 0.06;

/** Written conversations go beside each other, so one costs an agent less than its length. */
const parallel: Readonly<Partial<Record<MediaType, number>>> = { chat: 2, message: 2, email: 1.6 };

/** Handle times are log-normal: their mean lies above the median. */
const meanOverMedian = 1.35;

/** Milliseconds of work that each queue gets for one conversation of the whole organisation. */
export function queueLoads(templates: readonly QueueTemplate[]): number[] {
  const inbound = templates.filter((template) => template.outbound !== true);
  const weightOf = (media: MediaType) =>
    inbound.reduce((sum, template) => sum + (template.media.includes(media) ? template.weight : 0), 0);
  const outboundQueues = templates.length - inbound.length;
  return templates.map((template) => {
    const workMs = (template.talkMedianMs + template.acwMedianMs) * meanOverMedian;
    if (template.outbound === true) return (outboundShare / outboundQueues) * workMs;
    return template.media.reduce((sum, media) => {
      const share = inboundShares[media];
      if (share === undefined) return sum;
      return sum + ((share * template.weight) / weightOf(media)) * (workMs / (parallel[media] ?? 1));
    }, 0);
  });
}

const targetOccupancy = 0.74;
const dutyMs = 6.5 * 3_600_000;
const onDutyShare = 0.82;
const slowestPace = 0.3;

/**
 * Any number of agents can be asked for with any number of conversations. Where they are too few, handle times shrink so that the
 * day still works, down to a limit; beyond it the queues overflow, as they would.
 */
export function paceFor(agents: number, conversationsPerDay: number, templates: readonly QueueTemplate[]): number {
  const loadMs = conversationsPerDay * queueLoads(templates).reduce((sum, load) => sum + load, 0);
  const capacityMs = agents * onDutyShare * dutyMs * targetOccupancy;
  return Math.max(slowestPace, Math.min(1, capacityMs / loadMs));
}
