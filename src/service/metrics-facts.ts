/** Facts from which the figures of the service port are computed. */

/** Figures of one stream from the ledger. */
export interface StreamFigures {
  readonly stream: string;
  readonly watermarkAt: Date | null;
  readonly finalUntilAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly dueSlices: number;
  readonly pendingSlices: number;
  readonly failingSlices: number;
  readonly deadLetters: number;
}

export interface ErrorFact {
  readonly at: Date;
  readonly stream: string;
  readonly message: string;
}

/** Genesys Cloud or the database is unreachable, or refuses this process. */
export interface OutageFact {
  readonly of: 'genesys' | 'database';
  readonly since: Date;
  readonly reason: string;
}

/** Figures from the database, across all processes on it. */
export interface WarehouseFigures {
  readonly streams: readonly StreamFigures[];
  readonly restatementsInLastDay: number;
  /** Latest error of the slices that are failing now. */
  readonly lastError: ErrorFact | null;
}

/** Figures of one stream's data that this process has pulled. */
export interface PulledFigures {
  readonly pages: number;
  readonly records: number;
  readonly changedRecords: number;
  readonly deadLetters: number;
  readonly slices: Readonly<Record<string, number>>;
}

export interface RunFigures {
  readonly ticks: Readonly<Record<string, number>>;
  readonly isTicking: boolean;
  readonly lastTickBeganAt: Date | null;
  readonly lastTickEndedAt: Date | null;
  readonly lastTickMs: number | null;
  readonly pulled: ReadonlyMap<string, PulledFigures>;
  readonly lastError: ErrorFact | null;
  readonly outage: OutageFact | null;
}

export interface ApiFigures {
  readonly requests: number;
  readonly retries: number;
  readonly status429: number;
  readonly throttledMs: number;
  readonly bytes: number;
  readonly allowance: number;
}

/** Figures of event handling, if it is switched on. */
export interface LiveFigures {
  readonly isConnected: boolean;
  readonly topics: number;
  readonly reconnects: number;
  readonly events: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly read: number;
  readonly overflows: number;
  readonly lastEventAt: Date | null;
}

export interface Facts {
  readonly now: Date;
  readonly version: string;
  /** Absent while the database does not answer. */
  readonly warehouse?: WarehouseFigures;
  readonly warehouseAgeMs: number | null;
  readonly isDatabaseUp: boolean;
  readonly isReady: boolean;
  readonly run: RunFigures;
  readonly api: ApiFigures;
  readonly live?: LiveFigures;
}
