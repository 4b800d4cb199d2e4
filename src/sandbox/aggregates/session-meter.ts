import type { PhaseStarted, Purpose, QueueExit, WorldEvent } from '../world/events.js';
import type { Measurement } from './fact-table.js';

/** Events of one session that can be measured. */
export type SessionEvent = Exclude<Extract<WorldEvent, { session: number }>, { kind: 'sessionOpened' }>;

/** The parts of handle time. */
const handleParts: ReadonlySet<string> = new Set(['tTalk', 'tHeld', 'tAcw', 'tDialing', 'tContacting']);

/** Timers of a stretch of an agent's work; of the others nobody's time is measured except in flows and voicemail. */
const timerOfWork: Readonly<Record<string, string>> = {
  alert: 'tAlert',
  contacting: 'tContacting',
  dialing: 'tDialing',
  hold: 'tHeld',
  interact: 'tTalk',
  parked: 'tPark',
};
const timerOfAnybody: Readonly<Record<string, string>> = { ivr: 'tIvr', voicemail: 'tVoicemail' };

const timersOfExit: Readonly<Record<QueueExit, readonly string[]>> = {
  abandoned: ['tAbandon'],
  // A short abandon is an abandon too.
  shortAbandoned: ['tAbandon', 'tShortAbandon'],
  flowOut: ['tFlowOut'],
  voicemail: ['tFlowOut'],
  answered: [],
  transferred: [],
  disconnected: [],
};

/**
 * Measures one session by the official rules: counts when they happen, times when what they measure is complete, each as a whole.
 * Events must come in the session's order of time.
 */
export class SessionMeter {
  readonly #isWork: boolean;
  readonly #found: Measurement[] = [];
  #phase: PhaseStarted | undefined;
  #talkMs = 0;
  #heldMs = 0;
  #talks = 0;
  #holds = 0;
  #handleMs = 0;

  constructor(purpose: Purpose) {
    this.#isWork = purpose === 'agent' || purpose === 'user';
  }

  /** In no order of time. */
  get measurements(): readonly Measurement[] {
    return this.#found;
  }

  take(event: SessionEvent): void {
    switch (event.kind) {
      case 'phaseStarted':
        this.#closePhase(event.atMs);
        this.#phase = event;
        break;
      case 'phaseEnded':
        this.#closePhase(event.atMs);
        this.#completeLeg(event.atMs);
        break;
      case 'queueLeft':
        this.#record('tAcd', event.atMs, event.waitMs);
        for (const name of timersOfExit[event.exit]) this.#record(name, event.atMs, event.waitMs);
        break;
      case 'answered':
        this.#record('tAnswered', event.atMs, event.waitMs);
        if (event.overServiceLevel) this.#record('nOverSla', event.atMs, 1);
        break;
      case 'notResponding':
        this.#record('tNotResponding', event.atMs, event.atMs - (this.#phase?.atMs ?? event.atMs));
        break;
      case 'wrapupEnded':
        if (event.acwMs !== undefined) this.#spend('tAcw', event.atMs, event.acwMs);
        break;
      case 'handled':
        this.#record('tHandle', event.atMs + event.emitDelayMs, this.#handleMs);
        break;
      case 'measured':
        this.#record(event.name, event.atMs, event.value);
        break;
      case 'metricRestated':
        this.#restate(event.name, event.atMs, event.deltaMs);
        break;
      default:
        this.#count(event);
    }
  }

  #count(event: SessionEvent): void {
    const one = (name: string) => this.#record(name, event.atMs, 1);
    if (event.kind === 'offered') one('nOffered');
    else if (event.kind === 'connected') one('nConnected');
    else if (event.kind === 'consultStarted') one('nConsult');
    else if (event.kind === 'errorRaised') one('nError');
    else if (event.kind === 'outboundMade') one('nOutbound');
    else if (event.kind === 'dialerCounted') one(`nOutbound${event.what[0]?.toUpperCase()}${event.what.slice(1)}`);
    else if (event.kind === 'transferred') {
      one('nTransferred');
      one(event.how === 'consult' ? 'nConsultTransferred' : 'nBlindTransferred');
    }
  }

  #closePhase(atMs: number): void {
    const phase = this.#phase;
    if (phase === undefined) return;
    this.#phase = undefined;
    const name = (this.#isWork ? timerOfWork[phase.phase] : undefined) ?? timerOfAnybody[phase.phase];
    if (name === undefined) return;
    const lengthMs = atMs - phase.atMs;
    this.#spend(name, atMs, lengthMs);
    if (name === 'tTalk') {
      this.#talkMs += lengthMs;
      this.#talks += 1;
    } else if (name === 'tHeld') {
      this.#heldMs += lengthMs;
      this.#holds += 1;
    }
  }

  #completeLeg(atMs: number): void {
    if (this.#talks > 0) this.#record('tTalkComplete', atMs, this.#talkMs);
    if (this.#holds > 0) this.#record('tHeldComplete', atMs, this.#heldMs);
  }

  #spend(name: string, atMs: number, lengthMs: number): void {
    this.#record(name, atMs, lengthMs);
    if (handleParts.has(name)) this.#handleMs += lengthMs;
  }

  #record(name: string, atMs: number, value: number): void {
    this.#found.push({ name, atMs, value });
  }

  /** Restates the newest measurement of the name: at its old time, with another value from now on. */
  #restate(name: string, atMs: number, delta: number): void {
    const index = this.#found.findLastIndex((candidate) => candidate.name === name && candidate.atMs <= atMs);
    const old = this.#found[index];
    if (old === undefined) return;
    this.#found[index] = { ...old, untilMs: atMs };
    this.#found.push({ ...old, value: Math.max(0, old.value + delta), knownMs: atMs });
  }
}
