import { dayMs, hourMs } from '../../../lib/interval.js';
import { bucketOf, runningTotals } from '../random.js';
import type { Play, Scene } from './scene.js';
import { callbackConversation } from './script-callback.js';
import { botMessage, emailThread, relayedMessage, simpleDigital } from './script-digital.js';
import { directCall, internalCall } from './script-direct.js';
import { answeredCall, ivrOnlyCall } from './script-inbound.js';
import { powerDial, previewDial } from './script-outbound.js';
import { blindTransferCall, cobrowseCall, conferenceCall, consultTransferCall } from './script-transfers.js';

/** No conversation lasts longer than this. */
export const lifetimeMsMax = 62 * dayMs;
/**
 * Nearly all end within this time: a callback is due in a day and a half and waits for hours, an e-mail waits for most of a day.
 * It is kept short because a look back has to play every day within it.
 */
export const shortLifetimeMsMax = 46 * hourMs;

/** Time of day at which a kind of conversation begins: whenever people call, when they write, or only in office hours. */
export type Rhythm = 'calls' | 'writing' | 'office';

interface KindEntry {
  /** Approximate number among a thousand conversations. */
  readonly weight: number;
  readonly rhythm?: Rhythm;
  /** Longest lifetime where that is more than `shortLifetimeMsMax`. Such conversations are staffed apart from the day's simulation. */
  readonly longestMs?: number;
  /** Undefined when nobody has to be waited for: then everything is played at once. */
  play(scene: Scene): Play<void> | undefined;
}

function atOnce(play: (scene: Scene) => void): (scene: Scene) => undefined {
  return (scene) => {
    play(scene);
    return undefined;
  };
}

const patient = 3_600_000;

/**
 * Everything that can happen to a conversation, with its share of the traffic; the rarest still occur in a few hundred. The names
 * are plans: a call that is meant to be answered is abandoned all the same when nobody is free.
 */
const catalog = {
  voiceAnswered: { weight: 330, play: (scene) => answeredCall(scene) },
  voiceManyHolds: { weight: 18, play: (scene) => answeredCall(scene, { holds: scene.random.int(3, 9) }) },
  voiceShortAbandon: {
    weight: 14,
    play: (scene) => answeredCall(scene, { patienceMs: scene.random.int(600, 4_800), leavesFirst: true }),
  },
  voiceAbandoned: {
    weight: 16,
    play: (scene) => answeredCall(scene, { patienceMs: scene.random.int(6_000, 25_000), leavesFirst: true }),
  },
  voiceIvrOnly: { weight: 70, play: atOnce(ivrOnlyCall) },
  voiceFlowOut: {
    weight: 10,
    play: (scene) =>
      answeredCall(scene, { patienceMs: scene.random.int(30_000, 90_000), leavesFirst: true, exit: 'flowOut' }),
  },
  voiceVoicemail: {
    weight: 9,
    play: (scene) =>
      answeredCall(scene, { patienceMs: scene.random.int(30_000, 90_000), leavesFirst: true, exit: 'voicemail' }),
  },
  voiceMissedThenAnswered: {
    weight: 14,
    play: (scene) => answeredCall(scene, { missesAtLeast: scene.random.int(1, 2), patienceMs: patient }),
  },
  voiceNeverAnswered: { weight: 6, play: (scene) => answeredCall(scene, { allMiss: true, patienceMs: 600_000 }) },
  voiceMissedWithWrapup: {
    weight: 6,
    play: (scene) => answeredCall(scene, { missesAtLeast: 1, wrapupAfterMiss: true, patienceMs: patient }),
  },
  voiceBlindTransfer: { weight: 22, play: (scene) => blindTransferCall(scene, true) },
  voiceTransferredBeforeAcw: { weight: 14, play: (scene) => blindTransferCall(scene, false) },
  voiceSameUserTwice: { weight: 7, play: (scene) => blindTransferCall(scene, scene.random.chance(0.5), true) },
  voiceConsultTransfer: { weight: 14, play: consultTransferCall },
  voiceConference: { weight: 8, play: conferenceCall },
  voiceCobrowse: { weight: 8, play: cobrowseCall },
  callbackReached: { weight: 18, rhythm: 'office', play: (scene) => callbackConversation(scene, 'reached') },
  callbackNotReached: { weight: 8, rhythm: 'office', play: (scene) => callbackConversation(scene, 'notReached') },
  callbackNeverAnswered: { weight: 6, play: (scene) => callbackConversation(scene, 'neverAnswered') },
  outboundPowerAnswered: { weight: 26, rhythm: 'office', play: (scene) => powerDial(scene, true) },
  outboundPowerNoContact: { weight: 48, rhythm: 'office', play: (scene) => powerDial(scene, false) },
  outboundPreviewAnswered: { weight: 14, rhythm: 'office', play: (scene) => previewDial(scene, false) },
  outboundPreviewSkipped: { weight: 8, rhythm: 'office', play: (scene) => previewDial(scene, true) },
  internalCall: { weight: 16, rhythm: 'office', play: atOnce(internalCall) },
  directInbound: { weight: 12, rhythm: 'office', play: atOnce((scene) => directCall(scene, 'inbound')) },
  directOutbound: { weight: 22, rhythm: 'office', play: atOnce((scene) => directCall(scene, 'outbound')) },
  chat: { weight: 46, play: (scene) => simpleDigital(scene, 'chat') },
  message: { weight: 70, rhythm: 'writing', play: (scene) => simpleDigital(scene, 'message') },
  messageBotOnly: { weight: 24, rhythm: 'writing', play: atOnce(botMessage) },
  messageRelayed: {
    weight: 20,
    rhythm: 'writing',
    play: (scene) => relayedMessage(scene, scene.random.int(hourMs, 20 * hourMs)),
  },
  messageForWeeks: {
    weight: 6,
    rhythm: 'writing',
    longestMs: 22 * dayMs,
    play: (scene) => relayedMessage(scene, scene.random.int(3 * dayMs, 20 * dayMs)),
  },
  email: { weight: 58, rhythm: 'writing', play: (scene) => simpleDigital(scene, 'email') },
  emailForDays: {
    weight: 16,
    rhythm: 'writing',
    longestMs: 10 * dayMs,
    play: (scene) => emailThread(scene, { spreadMs: scene.random.int(dayMs, 6 * dayMs) }),
  },
  emailReopened: {
    weight: 8,
    rhythm: 'writing',
    longestMs: 22 * dayMs,
    play: (scene) => emailThread(scene, { spreadMs: scene.random.int(2 * dayMs, 12 * dayMs), reopened: true }),
  },
  emailForMonths: {
    weight: 4,
    rhythm: 'writing',
    longestMs: lifetimeMsMax,
    play: (scene) => emailThread(scene, { spreadMs: scene.random.int(27 * dayMs, 56 * dayMs) }),
  },
} satisfies Record<string, KindEntry>;

export type CatalogKind = keyof typeof catalog;
/** `mergedSource` and `mergedDestination` come in pairs and are therefore not drawn from the catalogue. */
export type Kind = CatalogKind | 'mergedSource' | 'mergedDestination';

export const catalogKinds: readonly CatalogKind[] = Object.keys(catalog) as CatalogKind[];
const totals = runningTotals(catalogKinds.map((kind) => catalog[kind].weight));

export function kindAt(draw: number): CatalogKind {
  return catalogKinds[bucketOf(totals, draw)] as CatalogKind;
}

/** Undefined for the halves of a merge, which are played with each other's ids. */
export function entryOf(kind: Kind): KindEntry | undefined {
  return kind === 'mergedSource' || kind === 'mergedDestination' ? undefined : catalog[kind];
}

export function isLong(kind: Kind): boolean {
  return entryOf(kind)?.longestMs !== undefined;
}

/** No conversation of the kind lives longer. */
export function longestMsOf(kind: Kind): number {
  return entryOf(kind)?.longestMs ?? shortLifetimeMsMax;
}
