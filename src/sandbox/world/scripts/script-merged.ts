import type { Play, Scene } from './scene.js';
import { connectInbound } from './script-inbound.js';
import { converse, hangUp, wrapUp } from './voice.js';

/**
 * Two conversations that were joined: the first ends in a segment that names the second, whose agent session names the first.
 * Each is played alone, from its own random numbers, so each needs no more than the other's id.
 */
export function* mergedCall(scene: Scene, otherId: string, side: 'source' | 'destination'): Play<void> {
  const call = yield* connectInbound(scene, { patienceMs: 3_600_000 });
  if (call === undefined) return void scene.end();
  const { encounter, agentLeg, ringMs, answeredMs } = call;
  const endMs = converse(encounter, agentLeg, answeredMs, { holds: 1, talkMsMax: 900_000 });
  if (side === 'source') {
    scene.close(agentLeg, endMs, 'conferenceTransfer', { destinationConversationId: otherId });
    scene.transfer(agentLeg, endMs, 'consult');
    scene.close(encounter.customer, endMs + 2, 'conferenceTransfer', { destinationConversationId: otherId });
    scene.handled(agentLeg, endMs);
    scene.staff.occupy(call.agent, ringMs, endMs, 'call');
  } else {
    scene.phase(agentLeg, endMs, 'interact', { conference: true, sourceConversationId: otherId });
    const lastMs = endMs + scene.random.int(20_000, 300_000);
    wrapUp(encounter, agentLeg, ringMs, hangUp(encounter, agentLeg, lastMs));
  }
  scene.end();
}
