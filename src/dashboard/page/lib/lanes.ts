interface Span {
  readonly from: string;
  readonly to: string;
}

/** Puts spans into as few lanes as none of them overlaps in; the answer is the lane of each, from 0. */
export function packLanes(spans: readonly Span[]): number[] {
  const ends: string[] = [];
  const order = spans
    .map((_, index) => index)
    .sort((a, b) => ((spans[a]?.from ?? '') < (spans[b]?.from ?? '') ? -1 : 1));
  const lanes = spans.map(() => 0);
  for (const index of order) {
    const span = spans[index];
    if (span === undefined) continue;
    const free = ends.findIndex((end) => end <= span.from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = span.to;
    lanes[index] = lane;
  }
  return lanes;
}
