import type { MediaType } from '../events.js';

export type WrapupPrompt =
  | 'MANDATORY'
  | 'OPTIONAL'
  | 'MANDATORY_TIMEOUT'
  | 'MANDATORY_FORCED_TIMEOUT'
  | 'AGENT_REQUESTED';

/** Templates of queues by purpose; outbound queues serve campaigns and take no inbound traffic. */
export interface QueueTemplate {
  readonly name: string;
  readonly media: readonly MediaType[];
  readonly prompt: WrapupPrompt;
  readonly timeoutMs?: number;
  /** Share of the organisation's traffic, per medium it serves. */
  readonly weight: number;
  readonly talkMedianMs: number;
  readonly acwMedianMs: number;
  readonly outbound?: boolean;
}

const minute = 60_000;

/**
 * In this order, so that even the smallest organisation (the first eight) has every medium and every after-call-work setting
 * on a voice queue.
 */
export const queueCatalog: readonly QueueTemplate[] = [
  {
    name: 'Customer Service',
    media: ['voice', 'callback'],
    prompt: 'MANDATORY',
    weight: 22,
    talkMedianMs: 4 * minute,
    acwMedianMs: 35_000,
  },
  {
    name: 'Billing',
    media: ['voice', 'callback'],
    prompt: 'OPTIONAL',
    weight: 15,
    talkMedianMs: 5 * minute,
    acwMedianMs: 50_000,
  },
  {
    name: 'Technical Support',
    media: ['voice', 'cobrowse'],
    prompt: 'MANDATORY_TIMEOUT',
    timeoutMs: 90_000,
    weight: 14,
    talkMedianMs: 8 * minute,
    acwMedianMs: 55_000,
  },
  {
    name: 'Web Messaging',
    media: ['message'],
    prompt: 'MANDATORY_TIMEOUT',
    timeoutMs: 30_000,
    weight: 12,
    talkMedianMs: 11 * minute,
    acwMedianMs: 9_000,
  },
  {
    name: 'E-mail Desk',
    media: ['email'],
    prompt: 'MANDATORY',
    weight: 9,
    talkMedianMs: 9 * minute,
    acwMedianMs: 25_000,
  },
  {
    name: 'Outbound Sales',
    media: ['voice', 'callback'],
    prompt: 'MANDATORY_FORCED_TIMEOUT',
    timeoutMs: 45_000,
    weight: 10,
    talkMedianMs: 3 * minute,
    acwMedianMs: 45_000,
    outbound: true,
  },
  {
    name: 'Order Desk',
    media: ['voice'],
    prompt: 'AGENT_REQUESTED',
    timeoutMs: 120_000,
    weight: 10,
    talkMedianMs: 3.5 * minute,
    acwMedianMs: 40_000,
  },
  {
    name: 'Web Chat',
    media: ['chat'],
    prompt: 'OPTIONAL',
    weight: 7,
    talkMedianMs: 8 * minute,
    acwMedianMs: 20_000,
  },
  {
    name: 'Retention',
    media: ['voice'],
    prompt: 'MANDATORY_FORCED_TIMEOUT',
    timeoutMs: 60_000,
    weight: 8,
    talkMedianMs: 9 * minute,
    acwMedianMs: 60_000,
  },
  {
    name: 'Claims',
    media: ['voice', 'callback'],
    prompt: 'MANDATORY',
    weight: 9,
    talkMedianMs: 7 * minute,
    acwMedianMs: 110_000,
  },
  {
    name: 'Social Media',
    media: ['message'],
    prompt: 'OPTIONAL',
    weight: 5,
    talkMedianMs: 14 * minute,
    acwMedianMs: 12_000,
  },
  {
    name: 'Complaints',
    media: ['email', 'voice'],
    prompt: 'OPTIONAL',
    weight: 4,
    talkMedianMs: 10 * minute,
    acwMedianMs: 120_000,
  },
  {
    name: 'Collections',
    media: ['voice', 'callback'],
    prompt: 'MANDATORY_TIMEOUT',
    timeoutMs: 60_000,
    weight: 6,
    talkMedianMs: 4 * minute,
    acwMedianMs: 40_000,
    outbound: true,
  },
  {
    name: 'Premium Line',
    media: ['voice', 'message'],
    prompt: 'AGENT_REQUESTED',
    timeoutMs: 300_000,
    weight: 4,
    talkMedianMs: 6 * minute,
    acwMedianMs: 60_000,
  },
  {
    name: 'Second Level Support',
    media: ['voice'],
    prompt: 'MANDATORY',
    weight: 4,
    talkMedianMs: 15 * minute,
    acwMedianMs: 180_000,
  },
  {
    name: 'Appointments',
    media: ['voice', 'callback'],
    prompt: 'MANDATORY_TIMEOUT',
    timeoutMs: 20_000,
    weight: 5,
    talkMedianMs: 2.5 * minute,
    acwMedianMs: 14_000,
  },
  {
    name: 'Staff Helpdesk',
    media: ['voice', 'chat'],
    prompt: 'OPTIONAL',
    weight: 3,
    talkMedianMs: 7 * minute,
    acwMedianMs: 60_000,
  },
  {
    name: 'Partner Service',
    media: ['voice', 'email'],
    prompt: 'MANDATORY',
    weight: 3,
    talkMedianMs: 6 * minute,
    acwMedianMs: 70_000,
  },
  {
    name: 'Logistics',
    media: ['voice'],
    prompt: 'MANDATORY_TIMEOUT',
    timeoutMs: 60_000,
    weight: 4,
    talkMedianMs: 4 * minute,
    acwMedianMs: 30_000,
  },
  {
    name: 'Night Service',
    media: ['voice', 'message'],
    prompt: 'OPTIONAL',
    weight: 2,
    talkMedianMs: 5 * minute,
    acwMedianMs: 30_000,
  },
];

/** Seconds an agent is rung, the service level's target and the share to reach, by medium. */
export const mediaDefaults: Readonly<
  Record<
    Exclude<MediaType, 'cobrowse'>,
    { readonly key: string; readonly alertSeconds: number; readonly targetMs: number; readonly share: number }
  >
> = {
  voice: { key: 'call', alertSeconds: 18, targetMs: 20_000, share: 0.8 },
  callback: { key: 'callback', alertSeconds: 30, targetMs: 3_600_000, share: 0.9 },
  chat: { key: 'chat', alertSeconds: 30, targetMs: 30_000, share: 0.8 },
  email: { key: 'email', alertSeconds: 300, targetMs: 86_400_000, share: 0.95 },
  message: { key: 'message', alertSeconds: 30, targetMs: 60_000, share: 0.8 },
};

/** A caller who gives up sooner than this counts as a short abandon. */
export const shortAbandonMs = 5_000;
