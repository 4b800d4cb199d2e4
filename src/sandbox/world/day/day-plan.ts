import { conversationId, uuidFrom } from '../ids.js';
import type { LocalCalendar } from '../instant.js';
import type { Organization, Queue } from '../organization/organization-types.js';
import { hash32, Random, unit } from '../random.js';
import type { RecordIdentity } from '../render/render.js';
import { entryOf, isLong, type Kind, kindAt } from '../scripts/kinds.js';
import { type Play, Scene, type Staff } from '../scripts/scene.js';
import { mergedCall } from '../scripts/script-merged.js';
import { arrivalMs, type DayShape, dayShape } from './day-shape.js';
import { type PlayedDay, type PlayedDays, playDay } from './day-simulation.js';
import { RecordedStaff } from './day-staff.js';
import { playReprocessing } from './reprocessing.js';
import { Roster, shiftOf } from './roster.js';
import { UnscheduledStaff } from './unscheduled-staff.js';

export interface PlanContext {
  readonly seed: number;
  readonly conversationsPerDay: number;
  readonly organization: Organization;
  readonly calendar: LocalCalendar;
  readonly playedDays: PlayedDays;
}

/** One pair in so many was merged. */
const pairsPerMerge = 90;

/**
 * One day of the organisation's calendar; cheap to make. Arrivals and kinds are known at once; who handles what comes from playing
 * the whole day, which is done when it is first needed.
 */
export class DayPlan {
  readonly localDay: number;
  readonly midnightMs: number;
  readonly endMs: number;
  readonly shape: DayShape;
  readonly #context: PlanContext;

  constructor(context: PlanContext, localDay: number) {
    this.#context = context;
    this.localDay = localDay;
    this.midnightMs = context.calendar.startMs(localDay);
    this.endMs = context.calendar.startMs(localDay + 1);
    this.shape = dayShape(context.seed, context.conversationsPerDay, localDay);
  }

  get count(): number {
    return this.shape.count;
  }

  /** Everybody's activity on this day; simulated when first asked for, and again after it left the cache. */
  get played(): PlayedDay {
    const { organization, playedDays, seed } = this.#context;
    return playedDays.of(this.localDay, () =>
      playDay({
        count: this.count,
        endMs: this.endMs,
        roster: new Roster(organization, seed, this.localDay, this.midnightMs),
        agentCount: organization.agents.length,
        startMsOf: (index) => this.startMsOf(index),
        isPlayed: (index) => !isLong(this.kindOf(index)),
        laterStaff: (index) => this.#unscheduledStaff(index),
        start: (index, staff) => {
          const scene = this.#scene(index, staff, true);
          return { scene, play: this.#play(scene, index) };
        },
      }),
    );
  }

  idOf(index: number): string {
    return conversationId(this.#context.seed, { localDay: this.localDay, index });
  }

  kindOf(index: number): Kind {
    const { seed } = this.#context;
    if (index >= this.shape.ordinary) return 'voiceAnswered';
    const pair = hash32(seed, this.localDay, index >> 1, 41) % (pairsPerMerge * 2);
    if (pair === 0 && (index | 1) < this.shape.ordinary) return index % 2 === 0 ? 'mergedSource' : 'mergedDestination';
    return kindAt(unit(seed, this.localDay, index, 42));
  }

  startMsOf(index: number): number {
    const kind = this.kindOf(index);
    const { seed } = this.#context;
    const rhythm = entryOf(kind)?.rhythm ?? 'calls';
    const first = kind === 'mergedDestination' ? index - 1 : index;
    const laterMs = first === index ? 0 : 60_000 + (hash32(seed, this.localDay, index, 43) % 240_000);
    const atMs = this.midnightMs + arrivalMs(seed, this.localDay, first, this.shape, rhythm) + laterMs;
    return Math.min(this.endMs - 1, atMs);
  }

  /** The whole story of one conversation, to its last change, which may be months later. */
  play(index: number): Scene {
    const { seed, calendar } = this.#context;
    const staff = isLong(this.kindOf(index)) ? this.#unscheduledStaff(index) : this.#recordedStaff(index);
    const scene = this.#scene(index, staff, false);
    const play = this.#play(scene, index);
    if (play !== undefined) {
      let step = play.next();
      while (step.done !== true) step = play.next(staff.assign(step.value));
    }
    playReprocessing(scene, new Random(seed, this.localDay, index, 53), calendar);
    return scene;
  }

  #scene(index: number, staff: Staff, rehearsal: boolean): Scene {
    const { organization, seed } = this.#context;
    const { incident } = this.shape;
    const focus =
      incident !== undefined && index >= this.shape.ordinary ? incidentQueue(organization, incident.draw) : undefined;
    const random = new Random(seed, this.localDay, index, 51);
    const detail = new Random(seed, this.localDay, index, 54);
    return new Scene({ organization, random, detail, staff, rehearsal, startMs: this.startMsOf(index), focus });
  }

  #recordedStaff(index: number): Staff {
    const { answers, roster } = this.played;
    return new RecordedStaff(this.#context.organization, roster, answers[index] ?? []);
  }

  #unscheduledStaff(index: number): UnscheduledStaff {
    const { seed, calendar } = this.#context;
    return new UnscheduledStaff(new Random(seed, this.localDay, index, 52), (agent, atMs) => {
      const day = calendar.localDayOf(atMs);
      return shiftOf(agent, seed, day, calendar.startMs(day));
    });
  }

  #play(scene: Scene, index: number): Play<void> | undefined {
    const kind = this.kindOf(index);
    if (kind === 'mergedSource') return mergedCall(scene, this.idOf(index + 1), 'source');
    if (kind === 'mergedDestination') return mergedCall(scene, this.idOf(index - 1), 'destination');
    return entryOf(kind)?.play(scene);
  }

  identityOf(index: number): RecordIdentity {
    const { seed } = this.#context;
    const base = seed ^ this.localDay;
    // The two halves of a merge share their session ids: a session id is not unique across conversations.
    const merged = this.kindOf(index).startsWith('merged');
    return {
      conversationId: this.idOf(index),
      startMs: this.startMsOf(index),
      participantId: (participant) => uuidFrom(base, index, 1_000 + participant, 71),
      sessionId: (session) =>
        merged ? uuidFrom(base, index >> 1, 2_000 + session, 73) : uuidFrom(base, index, 3_000 + session, 72),
      // Most records list their participants in order of time; some do not.
      rotation: unit(seed, this.localDay, index, 61) < 0.08 ? 1 + (index % 3) : 0,
    };
  }
}

function incidentQueue(organization: Organization, draw: number): Queue {
  const queues = organization.queues.filter(
    (queue) => queue.template.outbound !== true && queue.template.media.includes('voice'),
  );
  return queues[draw % queues.length] as Queue;
}
