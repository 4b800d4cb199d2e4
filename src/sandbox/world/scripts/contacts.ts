import type { JsonObject } from '../../world.js';
import type { Direction, MediaType } from '../events.js';
import { hexIdFrom, uuidFrom } from '../ids.js';
import { familyNames, givenNames } from '../organization/names.js';
import type { Queue } from '../organization/organization-types.js';
import type { Random } from '../random.js';
import type { Leg, Scene } from './scene.js';

/** Telephone numbers are from ranges that are kept free for fiction. */
export function phoneNumber(random: Random): string {
  return `+1${random.int(201, 989)}555${String(random.int(100, 199)).padStart(4, '0')}`;
}

/** Addresses are not always numbers: trunks put parameters into them, extensions are bare, some are withheld. */
export function voiceAddress(random: Random): string {
  const draw = random.next();
  if (draw < 0.86) return `tel:${phoneNumber(random)}`;
  if (draw < 0.94) {
    const number = phoneNumber(random);
    return `sip:${number};tgrp=TG-${random.int(1000, 9999)};trunk-context=trunks.meridian-example.example.net@198.51.100.${random.int(1, 254)}:5061;user=phone;transport=tls`;
  }
  if (draw < 0.98) return `tel:${random.int(1000, 9999)}`;
  return 'sip:anonymous@anonymous.invalid';
}

export function personName(random: Random): string {
  return `${random.pick(givenNames)} ${random.pick(familyNames)}`;
}

export function mailAddress(random: Random): string {
  return random.chance(0.1)
    ? `first.last%2Bshop${random.int(1, 999)}%40example.org`
    : `customer${random.int(1, 99_999)}@example.org`;
}

const providers: Readonly<Record<MediaType, string>> = {
  voice: 'Edge',
  callback: 'PureCloud Callback',
  chat: 'PureCloud Webchat v2',
  email: 'PureCloud Email',
  message: 'PureCloud Messaging',
  cobrowse: 'PureCloud Cobrowse',
};

/** The facts that all sessions of one conversation share: who writes or calls, and over which channel. */
export interface Contact {
  readonly name: string | undefined;
  readonly purpose: 'customer' | 'external';
  readonly ani: string;
  readonly dnis: string;
  readonly remote: string;
  readonly edgeId: string;
  readonly messageType: string;
}

const messageTypes: readonly string[] = ['webmessaging', 'webmessaging', 'whatsapp', 'facebook', 'sms', 'open'];

/** In a rehearsal nobody looks at names and numbers. */
const blankContact: Contact = {
  name: undefined,
  purpose: 'customer',
  ani: '',
  dnis: '',
  remote: '',
  edgeId: '',
  messageType: 'open',
};

export function createContact(scene: Scene, media: MediaType, direction: Direction): Contact {
  if (scene.rehearsal) return blankContact;
  const random = scene.detail;
  const own = 'tel:+18885550142';
  const theirs =
    media === 'email' ? mailAddress(random) : media === 'voice' ? voiceAddress(random) : random.bits().toString(16);
  return {
    name: random.chance(0.8) ? personName(random) : undefined,
    purpose: media === 'voice' ? (direction === 'inbound' && random.chance(0.3) ? 'external' : 'customer') : 'customer',
    ani: direction === 'inbound' ? theirs : own,
    dnis: direction === 'inbound' ? (media === 'email' ? 'service@example.com' : own) : theirs,
    remote: theirs,
    edgeId: uuidFrom(random.int(1, 4), 901, 0),
    messageType: random.pick(messageTypes),
  };
}

/** Fields of a session by medium, seen from the customer's side or from the other party's side. */
export function sessionFields(
  scene: Scene,
  media: MediaType,
  contact: Contact,
  side: 'customer' | 'inside',
): JsonObject {
  if (scene.rehearsal) return {};
  const random = scene.detail;
  const fields: JsonObject = { provider: providers[media] };
  if (media === 'voice') return voiceFields(random, fields, contact, side);
  if (media === 'message') {
    fields.messageType = contact.messageType;
    fields.addressFrom = contact.ani;
    fields.addressTo = contact.dnis;
  } else if (media === 'email') {
    fields.addressFrom = contact.ani;
    fields.addressTo = contact.dnis;
    fields.addressSelf = side === 'customer' ? contact.ani : contact.dnis;
    fields.addressOther = side === 'customer' ? contact.dnis : contact.ani;
    if (random.chance(0.1)) fields.cc = ['colleague@example.org', 'archive@example.org'];
  } else if (media === 'chat') {
    fields.roomId = `${random.bits().toString(16)}@conference.meridian-example.orgspan.com`;
  }
  if (side === 'inside' && contact.name !== undefined) fields.remote = contact.name;
  return fields;
}

function voiceFields(random: Random, fields: JsonObject, contact: Contact, side: 'customer' | 'inside'): JsonObject {
  fields.ani = contact.ani;
  fields.dnis = contact.dnis;
  fields.sessionDnis = side === 'customer' ? contact.dnis : contact.ani;
  fields.edgeId = contact.edgeId;
  fields.remoteNameDisplayable = contact.name ?? 'Wireless Caller';
  if (side === 'customer') {
    fields.protocolCallId = uuidFrom(random.bits(), 902, 0);
    fields.recording = random.chance(0.5);
  } else fields.remote = contact.remote;
  return fields;
}

export function openCustomer(
  scene: Scene,
  atMs: number,
  media: MediaType,
  direction: Direction,
  contact: Contact,
): Leg {
  const participantFields: JsonObject = {};
  if (contact.name !== undefined) participantFields.participantName = contact.name;
  if (scene.detail.chance(0.25)) participantFields.externalContactId = uuidFrom(scene.detail.bits(), 903, 0);
  const leg = scene.open(atMs, {
    purpose: contact.purpose,
    media,
    direction,
    fields: sessionFields(scene, media, contact, 'customer'),
    participantFields,
  });
  return leg;
}

export function dialerContactId(random: Random): string {
  return hexIdFrom(random.bits(), 904, 0);
}

/** Returns the requested routing, which is set on segments that wait in a queue or ring at an agent. */
export function routingFields(scene: Scene, queue: Queue): JsonObject {
  const random = scene.detail;
  const fields: JsonObject = {};
  if (random.chance(0.5)) fields.requestedRoutingSkillIds = [queue.skill.id];
  if (random.chance(0.4)) fields.requestedLanguageId = random.pick(scene.organization.languages).id;
  return fields;
}
