import type { Agent, Organization, Queue } from '../organization/organization-types.js';
import type { Assignment, Occupation, Staff, StaffRequest } from '../scripts/scene.js';
import type { Roster } from './roster.js';
import type { Workforce } from './workforce.js';

/** Marks in the log of answers that nobody was free. */
const nobody = -1;

/** The answers of the day's simulation to one conversation, in the order of its questions: agent and milliseconds by turns. */
export type Answers = number[];

/** Answers a conversation from the day's people, and from those of later days where it goes beyond midnight; keeps a log. */
export class DayStaff implements Staff {
  readonly #workforce: Workforce;
  readonly #later: Staff;
  readonly #endMs: number;
  readonly #answers: Answers;

  constructor(workforce: Workforce, later: Staff, endMs: number, answers: Answers) {
    this.#workforce = workforce;
    this.#later = later;
    this.#endMs = endMs;
    this.#answers = answers;
  }

  assign(request: StaffRequest): Assignment | undefined {
    const found = this.#find(request);
    this.#answers.push(found === undefined ? nobody : found.agent.no, found === undefined ? 0 : found.atMs);
    return found;
  }

  #find(request: StaffRequest): Assignment | undefined {
    const today = request.atMs < this.#endMs ? this.#workforce.assign(request) : undefined;
    const untilMs = request.atMs + request.patienceMs;
    if (today !== undefined || untilMs < this.#endMs) return today;
    const atMs = Math.max(request.atMs, this.#endMs);
    return this.#later.assign({ ...request, atMs, patienceMs: untilMs - atMs });
  }

  grab(queue: Queue, atMs: number, except?: Agent): Agent {
    const agent = (atMs < this.#endMs ? this.#workforce : this.#later).grab(queue, atMs, except);
    this.#answers.push(agent.no, 0);
    return agent;
  }

  isOpen(queue: Queue, atMs: number): boolean {
    return this.#workforce.isOpen(queue, atMs);
  }

  occupy(agent: Agent, fromMs: number, untilMs: number, occupation: Occupation): void {
    if (fromMs < this.#endMs) this.#workforce.occupy(agent, fromMs, untilMs, occupation);
  }
}

/** Gives the same answers again, so that a conversation can be played again without its day. */
export class RecordedStaff implements Staff {
  readonly #organization: Organization;
  readonly #roster: Roster;
  readonly #answers: Answers;
  #next = 0;

  constructor(organization: Organization, roster: Roster, answers: Answers) {
    this.#organization = organization;
    this.#roster = roster;
    this.#answers = answers;
  }

  assign(): Assignment | undefined {
    const [agentNo, atMs] = this.#take();
    return agentNo === nobody ? undefined : { agent: this.#agent(agentNo), atMs };
  }

  grab(): Agent {
    return this.#agent(this.#take()[0]);
  }

  isOpen(queue: Queue, atMs: number): boolean {
    return this.#roster.isOpen(queue, atMs);
  }

  occupy(): void {}

  #take(): [number, number] {
    const agentNo = this.#answers[this.#next];
    const atMs = this.#answers[this.#next + 1];
    if (agentNo === undefined || atMs === undefined)
      throw new Error(
        'A conversation asked for more agents than when its day was played: scripts must not depend on anything else.',
      );
    this.#next += 2;
    return [agentNo, atMs];
  }

  #agent(no: number): Agent {
    const agent = this.#organization.agents[no];
    if (agent === undefined) throw new Error(`Agent number ${no} does not exist in the organisation.`);
    return agent;
  }
}
