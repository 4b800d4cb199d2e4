import { useEffect, useRef, useState } from 'preact/hooks';
import type { Cell, QueryResult } from '../../../model/mart-query.js';
import type { ReaderAccess } from '../../../model/mart-reader.js';

export interface PageFacts {
  readonly version: string;
  readonly now: string;
  readonly nowLocal: string;
  readonly timeZone: string;
  readonly granularityMinutes: number;
  readonly hasLogin: boolean;
  readonly access: ReaderAccess;
}

/** `isLoginNeeded`: the session is over or has not begun. `isAway`: the server or its database does not answer now. */
export class ApiFault extends Error {
  readonly isLoginNeeded: boolean;
  readonly isAway: boolean;

  constructor(message: string, { isLoginNeeded = false, isAway = false } = {}) {
    super(message);
    this.isLoginNeeded = isLoginNeeded;
    this.isAway = isAway;
  }
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, signal === undefined ? {} : { signal }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new ApiFault('The server of this page does not answer. The data shown may be outdated.', { isAway: true });
  });
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => ({}))) as { error?: string; isLoginNeeded?: boolean };
  throw new ApiFault(body.error ?? `The server answered with status ${response.status}.`, {
    isLoginNeeded: body.isLoginNeeded === true,
    isAway: response.status === 503,
  });
}

export type Values = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** The address of a query, or of the same as a file. Absent values are left out. */
export function queryPath(name: string, values: Values, ending = ''): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === '') continue;
    if (typeof value === 'string' || typeof value === 'number') query.set(key, String(value));
    else if (value.length > 0) query.set(key, value.join(','));
  }
  const text = query.toString();
  return `/api/query/${name}${ending}${text === '' ? '' : `?${text}`}`;
}

export interface Answer {
  /** The last answer there was for these values; while another is on its way, the one before. */
  readonly result?: QueryResult;
  readonly error?: ApiFault;
  readonly isLoading: boolean;
}

const listeners = new Set<() => void>();

/** Notifies the page that a session is needed; see `onLoginNeeded`. */
export function onLoginNeeded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Reads a query, again whenever its values change and every `refreshMs`. Without a name nothing is read. */
export function useQuery(name: string | undefined, values: Values, refreshMs?: number): Answer {
  const path = name === undefined ? undefined : queryPath(name, values);
  return usePath<QueryResult>(path, refreshMs);
}

export function usePath<T>(path: string | undefined, refreshMs?: number): Answer & { readonly result?: T } {
  const [state, setState] = useState<{ path?: string; result?: T; error?: ApiFault }>({});
  const [round, setRound] = useState(0);
  const latest = useRef(path);
  latest.current = path;
  useEffect(() => {
    if (path === undefined) return;
    const aborting = new AbortController();
    getJson<T>(path, aborting.signal).then(
      (result) => setState({ path, result }),
      (error: unknown) => {
        if (aborting.signal.aborted) return;
        const fault = error instanceof ApiFault ? error : new ApiFault(String(error));
        if (fault.isLoginNeeded) for (const listener of listeners) listener();
        // What was read before stays on the page while the database is away.
        setState((before) => ({
          path,
          error: fault,
          ...(fault.isAway && before.result !== undefined && { result: before.result }),
        }));
      },
    );
    return () => aborting.abort();
  }, [path, round]);
  useEffect(() => {
    if (refreshMs === undefined || path === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setRound((before) => before + 1);
    }, refreshMs);
    return () => clearInterval(timer);
  }, [path, refreshMs]);
  return { ...(state as object), isLoading: path !== undefined && state.path !== path } as Answer & { result?: T };
}

export type Row = Readonly<Record<string, Cell>>;

/** Rows by column name. */
export function rowsOf(result: QueryResult | undefined): Row[] {
  if (result === undefined) return [];
  const names = result.columns.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
}

export const numberOf = (value: Cell | undefined): number | null => (typeof value === 'number' ? value : null);
export const textOf = (value: Cell | undefined): string => (typeof value === 'string' ? value : '');
