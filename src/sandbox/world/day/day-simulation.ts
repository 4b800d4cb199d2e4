import type { Play, Scene, Staff, StaffRequest } from '../scripts/scene.js';
import { type Answers, DayStaff } from './day-staff.js';
import type { Roster } from './roster.js';
import { type Waiting, WaitingLine } from './waiting-line.js';
import { Workforce } from './workforce.js';

/** The conversations of one day to simulate, by index. */
export interface DayCast {
  readonly count: number;
  readonly endMs: number;
  readonly roster: Roster;
  readonly agentCount: number;
  startMsOf(index: number): number;
  /** Left out: conversations that are staffed apart from the day. */
  isPlayed(index: number): boolean;
  laterStaff(index: number): Staff;
  /** The script is undefined when nobody has to be waited for; then everything has been played already. */
  start(index: number, staff: Staff): { readonly scene: Scene; readonly play: Play<void> | undefined };
}

export interface PlayedDay {
  readonly roster: Roster;
  readonly workforce: Workforce;
  /** By index; undefined for those that were left out. */
  readonly answers: readonly (Answers | undefined)[];
  /** By index; not a number for those that were left out. */
  readonly endsMs: Float64Array;
}

const daysMax = 12;
/** A played day takes some three hundred bytes for each of its conversations. */
const conversationsMax = 600_000;

/** The days that were played last; to play one takes a second for some tens of thousands of conversations. */
export class PlayedDays {
  readonly #days = new Map<number, PlayedDay>();

  of(localDay: number, play: () => PlayedDay): PlayedDay {
    const day = this.#days.get(localDay) ?? play();
    // Inserted again, the day becomes the youngest.
    this.#days.delete(localDay);
    this.#days.set(localDay, day);
    this.#forgetOldest(localDay);
    return day;
  }

  #forgetOldest(localDay: number): void {
    let conversations = 0;
    for (const day of this.#days.values()) conversations += day.endsMs.length;
    for (const [oldest, day] of this.#days) {
      if (oldest === localDay || (this.#days.size <= daysMax && conversations <= conversationsMax)) break;
      this.#days.delete(oldest);
      conversations -= day.endsMs.length;
    }
  }
}

/** Plays a day: arrivals and waiting customers in one order of time, so that who asks first is served first. */
export function playDay(cast: DayCast): PlayedDay {
  const workforce = new Workforce(cast.agentCount, cast.roster);
  const answers: (Answers | undefined)[] = new Array(cast.count);
  const endsMs = new Float64Array(cast.count).fill(Number.NaN);
  const line = new WaitingLine();
  const go = (waiting: Omit<Waiting, 'request'>, step: IteratorResult<StaffRequest, void>): void => {
    if (step.done === true) endsMs[waiting.index] = waiting.scene.lastMs;
    else line.push({ ...waiting, request: step.value });
  };
  const serveUntil = (atMs: number): void => {
    while (line.nextMs < atMs) {
      const waiting = line.pop();
      if (waiting !== undefined) go(waiting, waiting.play.next(waiting.staff.assign(waiting.request)));
    }
  };
  for (const { index, startMs } of arrivals(cast)) {
    serveUntil(startMs);
    const log: Answers = [];
    const staff = new DayStaff(workforce, cast.laterStaff(index), cast.endMs, log);
    answers[index] = log;
    const { scene, play } = cast.start(index, staff);
    if (play === undefined) endsMs[index] = scene.lastMs;
    else go({ play, index, scene, staff }, play.next());
  }
  serveUntil(Number.POSITIVE_INFINITY);
  return { roster: cast.roster, workforce, answers, endsMs };
}

function* arrivals(cast: DayCast): Generator<{ readonly index: number; readonly startMs: number }> {
  const starts = new Float64Array(cast.count);
  const order = new Uint32Array(cast.count);
  let played = 0;
  for (let index = 0; index < cast.count; index++) {
    if (!cast.isPlayed(index)) continue;
    starts[index] = cast.startMsOf(index);
    order[played++] = index;
  }
  const inTime = order.subarray(0, played).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b);
  for (const index of inTime) yield { index, startMs: starts[index] ?? 0 };
}
