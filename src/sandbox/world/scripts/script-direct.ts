import type { JsonObject } from '../../world.js';
import type { Agent } from '../organization/organization-types.js';
import { createContact, openCustomer, sessionFields } from './contacts.js';
import type { Encounter } from './routing.js';
import type { Leg, Scene } from './scene.js';
import { pickQueue } from './script-inbound.js';
import { hangUp } from './voice.js';

/** Agent to agent, nobody waits in a queue and nobody wraps up. */
export function internalCall(scene: Scene): void {
  const { random } = scene;
  const [caller, callee] = twoAgents(scene);
  scene.begin(random.chance(0.5) ? undefined : 'outbound', { divisionIds: [caller.divisionId] });
  const contact = {
    ...createContact(scene, 'voice', 'outbound'),
    name: callee.name,
    remote: callee.id,
    dnis: callee.id,
    ani: caller.id,
  };
  const first = openUser(scene, caller, scene.startMs, 'outbound', sessionFields(scene, 'voice', contact, 'inside'));
  const second = openUser(
    scene,
    callee,
    scene.startMs + 40,
    'inbound',
    sessionFields(scene, 'voice', contact, 'customer'),
  );
  scene.phase(first, scene.startMs, 'dialing');
  scene.phase(second, scene.startMs + 40, 'alert');
  scene.mark(first, scene.startMs, 'outboundMade');
  const pickedMs = scene.startMs + random.int(2_000, 15_000);
  talkAndPart(scene, first, second, pickedMs);
  scene.end();
}

function twoAgents(scene: Scene) {
  const queue = pickQueue(scene.random, scene.organization.inboundQueues.voice);
  const caller = scene.staff.grab(queue, scene.startMs);
  return [caller, scene.staff.grab(queue, scene.startMs, caller)] as const;
}

function openUser(
  scene: Scene,
  agent: Agent,
  atMs: number,
  direction: 'inbound' | 'outbound',
  fields: JsonObject,
): Leg {
  return scene.open(atMs, {
    purpose: 'user',
    media: 'voice',
    direction,
    agent,
    fields,
    participantFields: { participantName: agent.name },
  });
}

function talkAndPart(scene: Scene, first: Leg, second: Leg, atMs: number): void {
  for (const leg of [first, second]) {
    scene.phase(leg, atMs, 'interact');
    scene.mark(leg, atMs, 'connected');
  }
  const endMs = atMs + scene.random.durationMs(70_000, 0.9, 3_000, 2_400_000);
  scene.close(first, endMs, 'client');
  scene.close(second, endMs + 5, 'peer');
  for (const leg of [first, second]) {
    scene.handled(leg, endMs + 5);
    if (leg.agent !== undefined) scene.staff.occupy(leg.agent, scene.startMs, endMs + 5, 'nonQueueCall');
  }
}

/** A caller dials an agent's own number, or an agent calls out: no queue, purpose `user`. Rarely with an empty wrap-up. */
export function directCall(scene: Scene, direction: 'inbound' | 'outbound'): void {
  const { random } = scene;
  const [agent] = twoAgents(scene);
  const contact = createContact(scene, 'voice', direction);
  scene.begin(direction, { divisionIds: [agent.divisionId] });
  const customer = openCustomer(scene, scene.startMs, 'voice', direction, contact);
  const encounter: Encounter = { scene, contact, media: 'voice', customer };
  const leg = openUser(scene, agent, scene.startMs + 9, direction, sessionFields(scene, 'voice', contact, 'inside'));
  scene.phase(customer, scene.startMs, direction === 'inbound' ? 'interact' : 'dialing');
  scene.phase(leg, scene.startMs + 9, direction === 'inbound' ? 'alert' : 'contacting');
  if (direction === 'outbound') scene.mark(leg, scene.startMs + 9, 'outboundMade');
  const pickedMs = scene.startMs + random.int(2_500, 18_000);
  if (direction === 'outbound') scene.phase(customer, pickedMs, 'interact');
  scene.phase(leg, pickedMs, 'interact');
  scene.mark(leg, pickedMs, 'connected');
  const endMs = hangUp(encounter, leg, pickedMs + random.durationMs(120_000, 0.9, 3_000, 3_600_000));
  if (random.chance(0.15)) {
    scene.startWrapup(leg, endMs);
    scene.endWrapup(leg, endMs, {});
  }
  scene.handled(leg, endMs);
  scene.staff.occupy(agent, scene.startMs, endMs, 'nonQueueCall');
  scene.end();
}
