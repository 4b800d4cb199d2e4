import type { FaultSettings } from '../../src/sandbox/index.js';
import { Random } from './random.js';

/** One kind of fault; the first of its settings is the one it is known by. */
interface Kind {
  readonly name: string;
  readonly settings: (random: Random, rate: number) => FaultSettings;
}

export interface FaultScheduleOptions {
  /** Longer than one call may wait: the slice is given back and the run ends. */
  readonly longRetryAfterSeconds: number;
}

/** Rate of each kind in a phase: together they hit about every other request. */
const rate = 0.3;
const kindsAtOnceMax = 4;

const longTimesMax = 3;
const ordinaryRetryAfterSeconds = 10;

/** Returns the settings of long waits, which are rare: each pauses all processes on the allowance for two minutes, without other faults. */
function longWaits({ longRetryAfterSeconds }: FaultScheduleOptions): Kind['settings'] {
  let drawn = 0;
  return (_, share) => {
    if (share > 0) drawn += 1;
    const retryAfterSeconds = drawn > longTimesMax ? ordinaryRetryAfterSeconds : longRetryAfterSeconds;
    return { http429: { rate: 1, times: 1, retryAfterSeconds } };
  };
}

const kinds = (options: FaultScheduleOptions): readonly Kind[] => [
  { name: '429', settings: (_, rate) => ({ http429: { rate, retryAfterSeconds: 1 } }) },
  {
    name: '429 with a long Retry-After',
    settings: longWaits(options),
  },
  {
    name: '5xx, JSON',
    settings: (random, rate) => ({ http5xx: { rate, status: random.pick([500, 503]), body: 'json' } }),
  },
  {
    name: '5xx, HTML',
    settings: (random, rate) => ({ http5xx: { rate, status: random.pick([502, 503]), body: 'html' } }),
  },
  {
    name: '5xx, empty',
    settings: (random, rate) => ({ http5xx: { rate, status: random.pick([500, 502, 503]), body: 'empty' } }),
  },
  { name: '504', settings: (_, rate) => ({ http5xx: { rate, status: 504, body: 'json' } }) },
  { name: 'reset before the headers', settings: (_, rate) => ({ reset: { rate, when: 'before-headers' } }) },
  { name: 'reset after the headers', settings: (_, rate) => ({ reset: { rate, when: 'after-headers' } }) },
  {
    name: 'stall before the headers',
    settings: (random, rate) => ({ stall: { rate, ms: random.whole(100, 1_500), when: 'before-headers' } }),
  },
  {
    name: 'stall in the body',
    settings: (random, rate) => ({ stall: { rate, ms: random.whole(100, 1_500), when: 'in-body' } }),
  },
  { name: 'truncated JSON', settings: (_, rate) => ({ truncatedJson: rate }) },
  { name: 'garbage', settings: (_, rate) => ({ garbage: rate }) },
  { name: 'HTML instead of JSON', settings: (_, rate) => ({ htmlInsteadOfJson: rate }) },
  { name: 'empty body', settings: (_, rate) => ({ emptyBody: rate }) },
  { name: 'expired token', settings: (_, rate) => ({ expireTokens: { rate } }) },
  {
    name: 'revoked credentials',
    settings: (_, rate) => ({ revokedCredentials: rate, expireTokens: { rate: rate / 4 } }),
  },
  { name: 'failed jobs', settings: (_, rate) => ({ failJobs: rate }) },
  { name: 'expired jobs', settings: (_, rate) => ({ expireJobs: rate, shortPages: rate }) },
  { name: 'pages and results in pieces', settings: (_, rate) => ({ shortPages: rate }) },
  { name: 'records twice', settings: (_, rate) => ({ duplicateAcrossPages: rate, shortPages: rate / 2 }) },
  { name: 'records passed over', settings: (_, rate) => ({ shiftedPages: rate }) },
  { name: 'wrong totals', settings: (_, rate) => ({ wrongTotalHits: { rate, driftMax: 200 } }) },
  {
    name: 'records that change between pages',
    settings: (_, rate) => ({ changingRecords: { rate, lagSeconds: 7_200 } }),
  },
  { name: 'unknown fields and values', settings: (_, rate) => ({ unknownFields: rate / 2, unknownEnums: rate / 2 }) },
  {
    name: 'NUL and malformed records',
    settings: (_, rate) => ({ nulCharacters: rate / 2, malformedRecords: rate / 4 }),
  },
  { name: 'deleted entities', settings: (_, rate) => ({ deletedEntities: rate / 4 }) },
];

const keyOf = (kind: Kind, random: Random) => Object.keys(kind.settings(random, 0)).at(0) as string;

export interface Phase {
  /** The kinds of fault in the phase, each with the fault whose count shows that it occurred. */
  readonly kinds: readonly { readonly name: string; readonly fault: string }[];
  readonly settings: FaultSettings;
}

/** Schedules the storm's phases, several kinds of fault at a time: each kind has its turn before any has its second. */
export class FaultSchedule {
  readonly #random: Random;
  readonly #kinds: readonly Kind[];
  #deck: Kind[] = [];

  constructor(random: Random, options: FaultScheduleOptions) {
    this.#random = random;
    this.#kinds = kinds(options);
  }

  get names(): readonly string[] {
    return this.#kinds.map((kind) => kind.name);
  }

  next(): Phase {
    const chosen = new Map<string, Kind>();
    for (let looks = 0; looks < this.#kinds.length && chosen.size < kindsAtOnceMax; looks += 1) {
      if (this.#deck.length === 0) this.#deck = this.#random.shuffled(this.#kinds);
      const kind = this.#deck[0] as Kind;
      const key = keyOf(kind, new Random(0, ''));
      if (chosen.has(key)) break;
      chosen.set(key, kind);
      this.#deck.shift();
    }
    // In reverse, so that a kind's own fault is not overwritten by the by-product of another.
    const all = [...chosen.values()].reverse().map((kind) => kind.settings(this.#random, rate));
    return {
      kinds: [...chosen].map(([fault, { name }]) => ({ name, fault })),
      settings: Object.assign({}, ...all),
    };
  }
}
