import type { DayPlan } from './day/day-plan.js';
import { presenceNo, type Shift } from './day/roster.js';
import type { Booking } from './day/workforce.js';
import type { Agent, Organization, Presence } from './organization/organization-types.js';

export type RoutingStatus = 'OFF_QUEUE' | 'IDLE' | 'INTERACTING' | 'NOT_RESPONDING' | 'COMMUNICATING';

export interface PresenceSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly systemPresence: string;
  readonly organizationPresenceId: string;
}

export interface RoutingSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly status: RoutingStatus;
}

/** Spans in order of time that fill the asked day from end to end; neighbours differ. */
export interface AgentTimeline {
  readonly presences: readonly PresenceSpan[];
  readonly routingStatuses: readonly RoutingSpan[];
}

/** A stretch of time with a value, by its start; it lasts until the next. */
interface Change<T> {
  readonly fromMs: number;
  readonly value: T;
}

/** Computes an agent's activity on one day of the organization's calendar, cut to that day. */
export function timelineOfPlan(plan: DayPlan, organization: Organization, agent: Agent): AgentTimeline {
  const { roster, workforce } = plan.played;
  const shift = roster.shifts[agent.no];
  const bookings = shift === undefined ? [] : workforce.bookingsOf(agent.no);
  const presences = presenceChanges(plan, shift, bookings);
  const onQueue = presences.map((change) => ({ ...change, value: change.value === presenceNo.onQueue }));
  return {
    presences: spans(presences, plan.endMs).map(({ fromMs, toMs, value }) => {
      const presence = organization.presences[value] as Presence;
      return { fromMs, toMs, systemPresence: presence.systemPresence, organizationPresenceId: presence.id };
    }),
    routingStatuses: spans(routingChanges(onQueue, plan.endMs, bookings), plan.endMs).map(
      ({ fromMs, toMs, value }) => ({
        fromMs,
        toMs,
        status: value,
      }),
    ),
  };
}

/** Joins neighbours of equal value and drops what has no length. */
function spans<T>(changes: readonly Change<T>[], endMs: number): { fromMs: number; toMs: number; value: T }[] {
  const found: { fromMs: number; toMs: number; value: T }[] = [];
  changes.forEach((change, position) => {
    const toMs = Math.min(endMs, changes[position + 1]?.fromMs ?? endMs);
    const last = found.at(-1);
    if (toMs <= change.fromMs) return;
    if (last !== undefined && last.value === change.value) last.toMs = toMs;
    else found.push({ fromMs: change.fromMs, toMs, value: change.value });
  });
  return found;
}

/** A call that follows this soon belongs to the one before: a customer who comes straight back to the same agent. */
const nextCallMs = 1_000;

/** A call that is still going when a break or the shift's end comes keeps the agent on queue until it is done. */
function presenceChanges(plan: DayPlan, shift: Shift | undefined, bookings: readonly Booking[]): Change<number>[] {
  const changes: Change<number>[] = [{ fromMs: plan.midnightMs, value: presenceNo.offline }];
  if (shift === undefined) return changes;
  const calls = bookings.filter((booking) => booking.occupation === 'call').sort((a, b) => a.fromMs - b.fromMs);
  const busyUntil = (atMs: number): number =>
    calls.reduce(
      (latest, { fromMs, untilMs }) => (fromMs < latest + nextCallMs && untilMs > latest ? untilMs : latest),
      atMs,
    );
  changes.push({ fromMs: Math.max(plan.midnightMs, shift.loginMs), value: presenceNo.available });
  changes.push({ fromMs: shift.fromMs, value: presenceNo.onQueue });
  for (const pause of shift.pauses) {
    const fromMs = busyUntil(pause.fromMs);
    if (fromMs >= pause.toMs) continue;
    changes.push({ fromMs, value: pause.presence }, { fromMs: pause.toMs, value: presenceNo.onQueue });
  }
  changes.push({ fromMs: Math.min(plan.endMs, busyUntil(shift.toMs)), value: presenceNo.offline });
  return changes;
}

const statusOf: Readonly<Record<Booking['occupation'], RoutingStatus>> = {
  call: 'INTERACTING',
  digital: 'INTERACTING',
  nonQueueCall: 'COMMUNICATING',
  notResponding: 'NOT_RESPONDING',
};

/** Lists statuses by precedence: of two that apply at once, the first is shown. */
const precedence: readonly RoutingStatus[] = ['INTERACTING', 'COMMUNICATING', 'NOT_RESPONDING'];

/** On queue the status follows from what occupies the agent; off queue nothing else shows. */
function routingChanges(
  onQueue: readonly Change<boolean>[],
  endMs: number,
  bookings: readonly Booking[],
): Change<RoutingStatus>[] {
  const edges: { readonly atMs: number; readonly status: RoutingStatus | undefined; readonly step: number }[] = [];
  for (const { fromMs, untilMs, occupation } of bookings) {
    if (untilMs <= fromMs) continue;
    edges.push(
      { atMs: fromMs, status: statusOf[occupation], step: 1 },
      { atMs: untilMs, status: statusOf[occupation], step: -1 },
    );
  }
  for (const { fromMs, value } of onQueue) edges.push({ atMs: fromMs, status: undefined, step: value ? 1 : 0 });
  edges.sort((a, b) => a.atMs - b.atMs);
  const open = new Map<RoutingStatus, number>();
  let working = false;
  const changes: Change<RoutingStatus>[] = [];
  for (const { atMs, status, step } of edges) {
    if (status === undefined) working = step === 1;
    else open.set(status, (open.get(status) ?? 0) + step);
    if (atMs >= endMs) break;
    const shown = precedence.find((candidate) => (open.get(candidate) ?? 0) > 0) ?? 'IDLE';
    changes.push({ fromMs: atMs, value: working ? shown : 'OFF_QUEUE' });
  }
  return changes;
}
