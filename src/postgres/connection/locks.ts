/**
 * Lists every advisory lock of the program, so that no two uses of a database share a key by accident. All live in one number
 * space of Postgres per database; a test holds them apart.
 */

/** Locks of one key: one operation at a time in the whole database, or many that share it and one that excludes them. */
export const lockKeys = {
  /** Rebuilding functions and views. */
  views: 7_236_401,
  /** Running migrations, and everything else that `migrate` does. */
  migrations: 7_236_406,
  /** Shared by every transaction that stores; exclusive to the one that registers an erasure. */
  erasures: 7_236_407,
  /** Shared by every transaction that computes day sums; exclusive to the one that changes their time zone. */
  daySumsZone: 7_236_408,
  /** Creating monthly partitions. */
  partitions: 7_236_409,
} as const;

/** First keys of locks of two; the second says which one of its kind is locked. */
export const lockClasses = {
  /** Second key: `slice_id`. */
  slices: 7_236_402,
  /** Second key: hash of the stream's name. */
  plans: 7_236_403,
  /** Second key: hash of a relation of interval facts and a UTC day. */
  intervalDays: 7_236_404,
  /** Second key: hash of a relation of status spans. */
  statusSpans: 7_236_405,
  /** Second key: hash of a table of day sums and a local day. */
  daySums: 7_236_410,
  /** Second key: number of a UTC day since 1970. */
  reconciledDays: 7_236_411,
} as const;
