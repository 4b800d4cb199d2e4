import { parseArgs } from 'node:util';
import { dayMs, minuteMs } from '../../src/lib/interval.js';

export interface SoakOptions {
  /** Days of the organisation's time. */
  readonly days: number;
  /** Minutes of the machine's time. */
  readonly minutes: number;
  readonly conversationsPerDay: number;
  readonly agents: number;
  readonly seed: number;
}

const defaults: SoakOptions = { days: 30, minutes: 15, conversationsPerDay: 1_000, agents: 40, seed: 5 };

export function soakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      days: { type: 'string' },
      minutes: { type: 'string' },
      'conversations-per-day': { type: 'string' },
      agents: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const number = (text: string | undefined, fallback: number) => {
    const value = text === undefined ? fallback : Number(text);
    if (!(value > 0)) throw new Error(`${text} is not a number above 0.`);
    return value;
  };
  return {
    days: number(values.days, defaults.days),
    minutes: number(values.minutes, defaults.minutes),
    conversationsPerDay: number(values['conversations-per-day'], defaults.conversationsPerDay),
    agents: number(values.agents, defaults.agents),
    seed: number(values.seed, defaults.seed),
  };
}

/** Speed of the organisation's time, relative to the machine's. */
export function factorOf({ days, minutes }: SoakOptions): number {
  return Math.round((days * dayMs) / (minutes * minuteMs));
}
