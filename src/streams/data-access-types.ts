import type { CallOptions, GenesysApi } from '../genesys/api.js';

/** `partly`: another call, which shows less, worked instead. `missing`: that one failed too. */
export type Granted = 'granted' | 'partly' | 'missing';

export interface ProbeContext {
  readonly now: Date;
  readonly call: CallOptions;
}

/** Sends one request, rarely two. Throws the ApiError of a refusal. */
export type Probe = (api: GenesysApi, context: ProbeContext) => Promise<Granted>;

export interface DataAccess {
  /** Streams, or relations of the stream `directory`. */
  readonly dataSets: readonly string[];
  /** Names of the streams that request it. */
  readonly streams: readonly string[];
  /** In Genesys' notation; null where the API needs none. */
  readonly permission: string | null;
  /** One sentence: what a warehouse lacks without it. */
  readonly lost: string;
  readonly probe: Probe;
}
