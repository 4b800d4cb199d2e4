import { uuidFrom } from '../ids.js';
import { deletedCodeNames, queueCodeNames, sharedCodeNames } from './names.js';
import type { Campaign, Code, Flow, Form, Named, Presence, Queue } from './organization-types.js';

/** Namespaces that keep ids of different things apart. */
export const ns = {
  division: 1,
  queue: 2,
  user: 3,
  code: 4,
  skill: 5,
  language: 6,
  presence: 7,
  team: 8,
  group: 9,
  flow: 10,
  outcome: 11,
  location: 12,
  campaign: 13,
  contactList: 14,
  form: 15,
  organization: 16,
} as const;

/** The code Genesys gives every organisation; a version-1 UUID, unlike all the others. */
export const defaultCodeId = '7fb334b0-0e9e-11e4-9191-0800200c9a66';

export function createCodes(seed: number, divisions: readonly Named[]): Code[] {
  const home = divisions[0] as Named;
  const codes: Code[] = [
    { no: 0, id: defaultCodeId, name: 'Default Wrap-up Code', divisionId: home.id, deleted: false },
  ];
  const add = (name: string, divisionId: string, deleted: boolean) => {
    codes.push({ no: codes.length, id: uuidFrom(seed, ns.code, codes.length), name, divisionId, deleted });
  };
  sharedCodeNames.forEach((name, no) => {
    add(name, no === 0 ? '*' : home.id, false);
  });
  queueCodeNames.forEach((name, no) => {
    add(name, (divisions[no % divisions.length] as Named).id, false);
  });
  for (const name of deletedCodeNames) add(name, home.id, true);
  return codes;
}

export function createFlows(seed: number): Flow[] {
  const list: [string, string, string][] = [
    ['Main line', 'INBOUNDCALL', '12.0'],
    ['Night announcement', 'INBOUNDCALL', '3.0'],
    ['Order status bot', 'BOT', '169.0'],
    ['Message front door', 'INBOUNDSHORTMESSAGE', '27.0'],
    ['Digital assistant', 'DIGITALBOT', '41.0'],
    ['E-mail triage', 'INBOUNDEMAIL', '8.0'],
    ['Chat front door', 'INBOUNDCHAT', '5.0'],
    ['Queue music and position', 'INQUEUECALL', '6.0'],
    ['Campaign answer', 'OUTBOUNDCALL', '2.0'],
    ['Voice survey', 'VOICESURVEY', '4.0'],
  ];
  return list.map(([name, type, version], no) => ({ id: uuidFrom(seed, ns.flow, no), name, type, version }));
}

export function createPresences(seed: number): Presence[] {
  const builtIn = ['AVAILABLE', 'AWAY', 'BUSY', 'OFFLINE', 'IDLE', 'ON_QUEUE', 'MEAL', 'TRAINING', 'MEETING', 'BREAK'];
  const own: [string, string][] = [
    ['Coffee', 'BREAK'],
    ['Team talk', 'MEETING'],
    ['Back office', 'BUSY'],
    ['Coaching', 'TRAINING'],
  ];
  const title = (word: string) => word.charAt(0) + word.slice(1).toLowerCase().replace('_', ' ');
  return [
    ...builtIn.map((presence, no) => ({
      id: uuidFrom(seed, ns.presence, no),
      name: title(presence),
      systemPresence: presence,
      builtIn: true,
    })),
    ...own.map(([name, systemPresence], no) => ({
      id: uuidFrom(seed, ns.presence, 100 + no),
      name,
      systemPresence,
      builtIn: false,
    })),
  ];
}

export function createCampaigns(seed: number, queues: readonly Queue[]): Campaign[] {
  const outbound = queues.filter((queue) => queue.template.outbound === true);
  return outbound.flatMap((queue, no) =>
    (['preview', 'power'] as const).map((dialingMode, mode) => ({
      id: uuidFrom(seed, ns.campaign, no * 2 + mode),
      name: `${queue.name} (${dialingMode})`,
      queue,
      contactList: { id: uuidFrom(seed, ns.contactList, no * 2 + mode), name: `${queue.name} contacts ${mode + 1}` },
      dialingMode,
    })),
  );
}

export function createForms(seed: number, from: number, names: readonly string[]): Form[] {
  return names.map((name, no) => ({
    id: uuidFrom(seed, ns.form, from + no),
    name,
    contextId: uuidFrom(seed, ns.form, from + no, 1),
  }));
}
