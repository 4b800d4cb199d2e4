import { bucketOf, runningTotals } from './random.js';
import type { Scene } from './scene.js';
import { callbackConversation } from './script-callback.js';
import { botMessage, emailThread, relayedMessage, simpleDigital } from './script-digital.js';
import { answeredCall, ivrOnlyCall } from './script-inbound.js';
import { directCall, internalCall, powerDial, previewDial } from './script-outbound.js';
import { blindTransferCall, cobrowseCall, conferenceCall, consultTransferCall } from './script-transfers.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The longest spread of one conversation's work; with waiting and after-call work it stays below `lifetimeMsMax`. */
const longestMs = 56 * dayMs;

interface KindEntry {
  /** Of a thousand conversations. */
  readonly weight: number;
  /** Lives longer than `shortLifetimeMsMax`, or may. */
  readonly long?: boolean;
  play(scene: Scene): void;
}

/** Everything that can happen to a conversation, with its share of the traffic. The rarest still occur in a few hundred. */
const catalog = {
  voiceAnswered: { weight: 330, play: (scene) => answeredCall(scene) },
  voiceManyHolds: { weight: 18, play: (scene) => answeredCall(scene, { holds: scene.random.int(3, 9) }) },
  voiceShortAbandon: {
    weight: 16,
    play: (scene) => answeredCall(scene, { patienceMs: scene.random.int(600, 4_800), allMiss: true }),
  },
  voiceAbandoned: {
    weight: 34,
    play: (scene) => answeredCall(scene, { patienceMs: scene.random.int(6_000, 17_000), allMiss: true }),
  },
  voiceIvrOnly: { weight: 70, play: ivrOnlyCall },
  voiceFlowOut: {
    weight: 12,
    play: (scene) =>
      answeredCall(scene, { patienceMs: scene.random.int(30_000, 90_000), allMiss: true, exit: 'flowOut' }),
  },
  voiceVoicemail: {
    weight: 10,
    play: (scene) =>
      answeredCall(scene, { patienceMs: scene.random.int(30_000, 90_000), allMiss: true, exit: 'voicemail' }),
  },
  voiceMissedThenAnswered: {
    weight: 14,
    play: (scene) => answeredCall(scene, { missesAtLeast: scene.random.int(1, 2), patienceMs: 3_600_000 }),
  },
  voiceNeverAnswered: { weight: 8, play: (scene) => answeredCall(scene, { allMiss: true, patienceMs: 600_000 }) },
  voiceMissedWithWrapup: {
    weight: 6,
    play: (scene) => answeredCall(scene, { missesAtLeast: 1, wrapupAfterMiss: true, patienceMs: 3_600_000 }),
  },
  voiceBlindTransfer: { weight: 22, play: (scene) => blindTransferCall(scene, true) },
  voiceTransferredBeforeAcw: { weight: 14, play: (scene) => blindTransferCall(scene, false) },
  voiceSameUserTwice: { weight: 7, play: (scene) => blindTransferCall(scene, scene.random.chance(0.5), true) },
  voiceConsultTransfer: { weight: 14, play: consultTransferCall },
  voiceConference: { weight: 8, play: conferenceCall },
  voiceCobrowse: { weight: 8, play: cobrowseCall },
  callbackReached: { weight: 18, play: (scene) => callbackConversation(scene, 'reached') },
  callbackNotReached: { weight: 8, play: (scene) => callbackConversation(scene, 'notReached') },
  callbackNeverAnswered: { weight: 7, play: (scene) => callbackConversation(scene, 'neverAnswered') },
  outboundPowerAnswered: { weight: 26, play: (scene) => powerDial(scene, true) },
  outboundPowerNoContact: { weight: 48, play: (scene) => powerDial(scene, false) },
  outboundPreviewAnswered: { weight: 14, play: (scene) => previewDial(scene, false) },
  outboundPreviewSkipped: { weight: 8, play: (scene) => previewDial(scene, true) },
  internalCall: { weight: 16, play: internalCall },
  directInbound: { weight: 12, play: (scene) => directCall(scene, 'inbound') },
  directOutbound: { weight: 22, play: (scene) => directCall(scene, 'outbound') },
  chat: { weight: 46, play: (scene) => simpleDigital(scene, 'chat') },
  message: { weight: 70, play: (scene) => simpleDigital(scene, 'message') },
  messageBotOnly: { weight: 24, play: botMessage },
  messageRelayed: { weight: 20, play: (scene) => relayedMessage(scene, scene.random.int(hourMs, 20 * hourMs)) },
  messageForWeeks: {
    weight: 6,
    long: true,
    play: (scene) => relayedMessage(scene, scene.random.int(3 * dayMs, 20 * dayMs)),
  },
  email: { weight: 58, play: (scene) => simpleDigital(scene, 'email') },
  emailForDays: {
    weight: 16,
    long: true,
    play: (scene) => emailThread(scene, scene.random.int(dayMs, 6 * dayMs), false),
  },
  emailReopened: {
    weight: 8,
    long: true,
    play: (scene) => emailThread(scene, scene.random.int(2 * dayMs, 12 * dayMs), true),
  },
  emailForMonths: { weight: 4, long: true, play: (scene) => emailThread(scene, longestMs, false) },
} satisfies Record<string, KindEntry>;

export type CatalogKind = keyof typeof catalog;
/** `mergedSource` and `mergedDestination` come in pairs and are therefore not drawn from the catalogue. */
export type Kind = CatalogKind | 'mergedSource' | 'mergedDestination';

export const kinds: readonly CatalogKind[] = Object.keys(catalog) as CatalogKind[];
const totals = runningTotals(kinds.map((kind) => catalog[kind].weight));

export function kindAt(draw: number): CatalogKind {
  return kinds[bucketOf(totals, draw)] as CatalogKind;
}

export function entryOf(kind: CatalogKind): KindEntry {
  return catalog[kind];
}
