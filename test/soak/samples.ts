/** Watches a long run: one sample every few seconds; the last third is compared with the first. */

export interface Sample {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly connections: number;
  /** Sockets, timers and whatever else keeps the process busy, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners of the process' signal to stop. */
  readonly listeners: number;
  readonly overlaps: number;
  readonly holes: number;
  /** Organisation's time that the slice which waits longest has been due. */
  readonly overdueHours: number;
  readonly failing: number;
  /** Organisation's time between its clock and the watermark that lies furthest behind where it could be. */
  readonly behindHours: number;
}

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly bound: string;
  readonly isKept: boolean;
}

const memoryRatioMax = 1.25;
/** Pools and keep-alive come and go; a leak grows with every tick. */
const resourcesGrowthMax = 5;
const megabyte = 1_048_576;

export function figuresOf(samples: readonly Sample[], bounds: { readonly ticksHours: number }): Figure[] {
  const third = Math.floor(samples.length / 3);
  if (third === 0) throw new Error(`${samples.length} samples are too few to compare thirds.`);
  const first = samples.slice(0, third);
  const last = samples.slice(-third);
  return [
    memory('resident memory', first, last, (sample) => sample.rssBytes),
    memory('heap in use', first, last, (sample) => sample.heapBytes),
    connections(first, last),
    resources(first, last),
    listeners(first, last),
    none('slices that overlap', samples, (sample) => sample.overlaps),
    none('holes in the schedule', samples, (sample) => sample.holes),
    none('slices failing', samples, (sample) => sample.failing),
    atMost('longest that a due slice waited', samples, (sample) => sample.overdueHours, bounds.ticksHours),
    atMost(
      'watermark behind the clock, lag and slice taken off',
      samples,
      (sample) => sample.behindHours,
      bounds.ticksHours,
    ),
  ];
}

function memory(
  name: string,
  first: readonly Sample[],
  last: readonly Sample[],
  of: (sample: Sample) => number,
): Figure {
  const [before, after] = [median(first.map(of)), median(last.map(of))];
  const peak = Math.max(...first.map(of), ...last.map(of));
  const ratio = after / before;
  const megabytes = (bytes: number) => (bytes / megabyte).toFixed(0);
  return {
    name: `${name}, median of the last third against the first`,
    value: `${megabytes(after)} MB / ${megabytes(before)} MB = ${ratio.toFixed(2)} (peak ${megabytes(peak)} MB)`,
    bound: `at most ${memoryRatioMax}`,
    isKept: ratio <= memoryRatioMax,
  };
}

function connections(first: readonly Sample[], last: readonly Sample[]): Figure {
  const most = (samples: readonly Sample[]) => Math.max(...samples.map((sample) => sample.connections));
  return {
    name: 'connections to the database, most in the last third and the first',
    value: `${most(last)} and ${most(first)}`,
    bound: 'not more',
    isKept: most(last) <= most(first),
  };
}

function resources(first: readonly Sample[], last: readonly Sample[]): Figure {
  const counts = (samples: readonly Sample[]) =>
    median(samples.map((sample) => Object.values(sample.resources).reduce((sum, count) => sum + count, 0)));
  const kinds = Object.entries(last.at(-1)?.resources ?? {}).map(([kind, count]) => `${count} ${kind}`);
  return {
    name: 'open handles and timers, median of the last third and the first',
    value: `${counts(last)} and ${counts(first)} (at last ${kinds.join(', ')})`,
    bound: `at most ${resourcesGrowthMax} more`,
    isKept: counts(last) <= counts(first) + resourcesGrowthMax,
  };
}

function listeners(first: readonly Sample[], last: readonly Sample[]): Figure {
  const [before, after] = [first, last].map((samples) => median(samples.map((sample) => sample.listeners))) as [
    number,
    number,
  ];
  return {
    name: 'listeners of the signal to stop, median of the last third and the first',
    value: `${after} and ${before}`,
    bound: `at most ${resourcesGrowthMax} more`,
    isKept: after <= before + resourcesGrowthMax,
  };
}

function none(name: string, samples: readonly Sample[], of: (sample: Sample) => number): Figure {
  const most = Math.max(...samples.map(of));
  return { name: `${name}, most in any sample`, value: String(most), bound: 'none', isKept: most === 0 };
}

function atMost(name: string, samples: readonly Sample[], of: (sample: Sample) => number, hoursMax: number): Figure {
  const hours = samples.map(of);
  const most = Math.max(...hours);
  return {
    name: `${name}, median and most`,
    value: `${median(hours).toFixed(1)} h and ${most.toFixed(1)} h`,
    bound: `two of the longest ticks: at most ${hoursMax.toFixed(1)} h`,
    isKept: most <= hoursMax,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
