/** What the figures of the service port are made of. */

/** What the ledger says about one stream. */
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

/** Genesys Cloud or the database is away, or refuses this process. */
export interface OutageFact {
  readonly of: 'genesys' | 'database';
  readonly since: Date;
  readonly reason: string;
}

/** What the database says, for all processes on it. */
export interface WarehouseFigures {
  readonly streams: readonly StreamFigures[];
  readonly restatementsInLastDay: number;
  /** Of the slices that fail now. */
  readonly lastError: ErrorFact | null;
}

/** What this process has pulled of one stream. */
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

/** What the reaction to events does, where it is switched on. */
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
