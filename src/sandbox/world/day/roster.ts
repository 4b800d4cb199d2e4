import { hourMs, minuteMs } from '../../../lib/interval.js';
import type { Agent, Organization, Queue } from '../organization/organization-types.js';
import { bucketOf, Random, runningTotals, unit } from '../random.js';
import { isHoliday, weekdayOf } from './day-shape.js';

/** Shift starts after local midnight and how many have them. None crosses midnight, so that days can be made one by one. */
const shiftStarts: readonly (readonly [number, number])[] = [
  [0, 1.5],
  [6, 8],
  [7, 17],
  [8, 28],
  [9, 20],
  [10, 10],
  [12, 8],
  [14, 6],
  [15.75, 2.5],
];
const shiftTotals = runningTotals(shiftStarts.map(([, weight]) => weight));
const shiftLengthMs = 8 * hourMs;

/** Sunday first. */
const presentShares: readonly number[] = [0.26, 0.88, 0.86, 0.85, 0.85, 0.83, 0.42];
/** Spreads neighbours over the shifts evenly, so that a handful of agents still covers the day, and so does each queue. */
const shiftStride = 0.569_840_291;

export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
  /** Number of the presence definition in the organisation's list. */
  readonly presence: number;
}

export interface Shift {
  readonly loginMs: number;
  /** On queue from here. */
  readonly fromMs: number;
  readonly toMs: number;
  /** In order of time, none touching another. */
  readonly pauses: readonly Pause[];
}

/** Positions in the organisation's list of presences. */
export const presenceNo = {
  available: 0,
  busy: 2,
  offline: 3,
  onQueue: 5,
  meal: 6,
  training: 7,
  meeting: 8,
  break: 9,
  coffee: 10,
  teamTalk: 11,
  backOffice: 12,
  coaching: 13,
} as const;

/** The shifts of one day of the local calendar; a pure function of the seed and the day. */
export class Roster {
  readonly shifts: readonly (Shift | undefined)[];
  /** By queue number: agents on duty at some time of the day. */
  readonly onDuty: readonly (readonly Agent[])[];

  constructor(organization: Organization, seed: number, localDay: number, midnightMs: number) {
    this.shifts = organization.agents.map((agent) => shiftOf(agent, seed, localDay, midnightMs));
    this.onDuty = organization.queues.map((queue) =>
      queue.agents.filter((agent) => this.shifts[agent.no] !== undefined),
    );
  }

  isOpen(queue: Queue, atMs: number): boolean {
    return this.onDuty[queue.no]?.some((agent) => isOnShift(this.shifts[agent.no], atMs)) === true;
  }

  isAtWork(agent: Agent, atMs: number): boolean {
    return isAtWork(this.shifts[agent.no], atMs);
  }
}

function isOnShift(shift: Shift | undefined, atMs: number): boolean {
  return shift !== undefined && atMs >= shift.fromMs && atMs < shift.toMs;
}

/** On duty and not at a break. */
export function isAtWork(shift: Shift | undefined, atMs: number): boolean {
  if (shift === undefined || !isOnShift(shift, atMs)) return false;
  return !shift.pauses.some((pause) => atMs >= pause.fromMs && atMs < pause.toMs);
}

/** Undefined on a day off. */
export function shiftOf(agent: Agent, seed: number, localDay: number, midnightMs: number): Shift | undefined {
  if (agent.state !== 'active') return undefined;
  const share = (presentShares[weekdayOf(localDay)] ?? 0.8) * (isHoliday(localDay) ? 0.3 : 1);
  if (unit(seed, localDay, agent.no, 81) >= share) return undefined;
  const random = new Random(seed, localDay, agent.no, 82);
  const draw = (agent.no * shiftStride + unit(seed, 83)) % 1;
  const startHours = shiftStarts[bucketOf(shiftTotals, draw)]?.[0] ?? 8;
  const plannedMs = midnightMs + startHours * hourMs;
  const fromMs = plannedMs + random.int(0, 4 * minuteMs);
  const toMs = Math.min(plannedMs + shiftLengthMs + random.int(-3, 6) * minuteMs, midnightMs + 23.8 * hourMs);
  return { loginMs: fromMs - random.int(30_000, 5 * minuteMs), fromMs, toMs, pauses: pausesOf(random, fromMs) };
}

function pausesOf(random: Random, fromMs: number): Pause[] {
  const pause = (afterHours: number, minutes: number, presence: number): Pause => {
    const start = fromMs + afterHours * hourMs + random.int(-10, 10) * minuteMs + random.int(0, 59_999);
    return { fromMs: start, toMs: start + minutes * minuteMs + random.int(-60_000, 120_000), presence };
  };
  const pauses = [pause(1.8, 14, random.chance(0.5) ? presenceNo.break : presenceNo.coffee)];
  if (random.chance(0.25)) {
    const kinds = [
      presenceNo.teamTalk,
      presenceNo.training,
      presenceNo.coaching,
      presenceNo.backOffice,
      presenceNo.meeting,
    ];
    pauses.push(pause(2.7, random.int(15, 35), random.pick(kinds)));
  }
  pauses.push(
    pause(3.9, 30, presenceNo.meal),
    pause(6.1, 14, random.chance(0.5) ? presenceNo.break : presenceNo.coffee),
  );
  return pauses;
}
