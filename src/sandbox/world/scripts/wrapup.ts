import { hourMs, minuteMs } from '../../../lib/interval.js';
import type { DisconnectType, MediaType } from '../events.js';
import type { Agent, Queue } from '../organization/organization-types.js';
import type { Random } from '../random.js';
import type { Leg, Scene } from './scene.js';

/** Course of the after-call work of one handling. The queue's prompt decides which of these can happen. */
export type Wrapup =
  | { readonly kind: 'none' }
  | { readonly kind: 'coded'; readonly lengthMs: number; readonly code: string }
  | { readonly kind: 'uncoded'; readonly lengthMs: number }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'timedOut'; readonly lengthMs: number }
  /** A code was chosen at once: a segment of no length and no measured after-call work. */
  | { readonly kind: 'instant'; readonly code: string | undefined };

export const timeoutCode = 'ININ-WRAP-UP-TIMEOUT';

export function chooseWrapup(scene: Scene, queue: Queue, agent: Agent | undefined, media: MediaType): Wrapup {
  const { random } = scene;
  // Genesys measures no after-call work for callbacks; a code may be given all the same.
  if (media === 'callback')
    return { kind: 'instant', code: random.chance(0.7) ? chooseCode(random, queue) : undefined };
  if (random.chance(0.02)) return { kind: 'instant', code: chooseCode(random, queue) };
  const { prompt, timeoutMs = 60_000, acwMedianMs } = queue.template;
  const lengthMs = random.durationMs(
    acwMedianMs * (agent?.pace ?? 1) * scene.organization.pace,
    0.6,
    1_500,
    2 * hourMs,
  );
  switch (prompt) {
    case 'MANDATORY':
      return mandatory(random, queue, media, lengthMs);
    case 'OPTIONAL':
      return optional(random, queue, lengthMs);
    case 'MANDATORY_TIMEOUT':
      return timeBoxed(random, queue, media, lengthMs, timeoutMs);
    case 'MANDATORY_FORCED_TIMEOUT':
      return forced(random, queue, media, timeoutMs);
    case 'AGENT_REQUESTED':
      if (!random.chance(0.35)) return { kind: 'none' };
      return timeBoxed(random, queue, media, lengthMs, timeoutMs);
  }
}

/** Without a limit an agent occasionally forgets to finish: the wrap-up stays open until a supervisor asks. */
function mandatory(random: Random, queue: Queue, media: MediaType, lengthMs: number): Wrapup {
  if (random.chance(0.008))
    return { kind: 'coded', lengthMs: random.int(20 * minuteMs, 90 * minuteMs), code: chooseCode(random, queue) };
  if (media !== 'voice' && random.chance(0.15)) return { kind: 'uncoded', lengthMs: Math.min(lengthMs, 3_000) };
  if (random.chance(0.006)) return { kind: 'uncoded', lengthMs };
  return { kind: 'coded', lengthMs, code: chooseCode(random, queue) };
}

function optional(random: Random, queue: Queue, lengthMs: number): Wrapup {
  const draw = random.next();
  if (draw < 0.55) return { kind: 'coded', lengthMs, code: chooseCode(random, queue) };
  if (draw < 0.84) return { kind: 'uncoded', lengthMs: Math.round(lengthMs / 3) };
  return { kind: 'skipped' };
}

/** The system sets its own code when the time runs out, but only on voice: elsewhere the code just stays away. */
function timeBoxed(random: Random, queue: Queue, media: MediaType, lengthMs: number, timeoutMs: number): Wrapup {
  if (lengthMs < timeoutMs) return { kind: 'coded', lengthMs, code: chooseCode(random, queue) };
  return media === 'voice' ? { kind: 'timedOut', lengthMs: timeoutMs } : { kind: 'uncoded', lengthMs: timeoutMs };
}

function forced(random: Random, queue: Queue, media: MediaType, timeoutMs: number): Wrapup {
  if (random.chance(0.82)) return { kind: 'coded', lengthMs: timeoutMs, code: chooseCode(random, queue) };
  return media === 'voice' ? { kind: 'timedOut', lengthMs: timeoutMs } : { kind: 'uncoded', lengthMs: timeoutMs };
}

/** Earlier codes of the list are much more frequent. The default code comes last of the living, a deleted one is rare. */
export function chooseCode(random: Random, queue: Queue): string {
  const { codes } = queue;
  const last = codes[codes.length - 1];
  if (last?.deleted && random.chance(0.012)) return last.id;
  const living = codes.length - (last?.deleted === true ? 1 : 0);
  const position = Math.floor(living * random.next() ** 1.8);
  const code = codes[(position + 1) % living];
  return code?.id ?? timeoutCode;
}

const notes: readonly string[] = ['', 'Called back twice.', 'Asked for Ms "Ø".\nWill write.', 'see ticket 4711', 'ok'];

/**
 * Plays the after-call work from `atMs` on and returns when the agent is free. Also says that the handling is complete,
 * which is when Genesys publishes handle time.
 */
export function playWrapup(scene: Scene, leg: Leg, atMs: number, wrapup: Wrapup, disconnect?: DisconnectType): number {
  const { random, detail } = scene;
  if (wrapup.kind === 'none') {
    scene.handled(leg, atMs);
    return atMs;
  }
  // The switch stamps the wrap-up some milliseconds before it has finished closing the talk.
  const startMs = wrapup.kind === 'instant' ? atMs - random.int(0, 120) : atMs;
  scene.startWrapup(leg, startMs);
  if (wrapup.kind === 'instant' || wrapup.kind === 'skipped') {
    if (wrapup.kind === 'skipped') scene.set(leg, atMs, { acwSkipped: true });
    scene.endWrapup(leg, startMs, { code: wrapup.kind === 'instant' ? wrapup.code : undefined, disconnect });
    scene.handled(leg, atMs);
    return atMs;
  }
  const endMs = atMs + wrapup.lengthMs;
  const code = wrapup.kind === 'coded' ? wrapup.code : wrapup.kind === 'timedOut' ? timeoutCode : undefined;
  scene.endWrapup(leg, endMs, {
    code,
    note: code !== undefined && detail.chance(0.12) ? detail.pick(notes) : undefined,
    tags: wrapup.kind === 'coded' && detail.chance(0.02) ? ['follow-up', 'vip'] : undefined,
    acwMs: measuredMs(detail, wrapup.lengthMs),
    disconnect,
  });
  scene.handled(leg, endMs);
  return endMs;
}

/** The measured work is nearly always the segment's length, but not quite always. */
function measuredMs(random: Random, lengthMs: number): number {
  return random.chance(0.02) ? Math.max(0, lengthMs - random.int(200, 4_000)) : lengthMs;
}
