/** Types of the checks of `doctor`, and the exit status that follows from them. */

/**
 * `ok`; `note` for what could be better but breaks nothing; `warning` where something is lost or
 * will break; `fault` where commands refuse to start; `skipped` where another fault prevents it.
 */
export type CheckState = 'ok' | 'note' | 'warning' | 'fault' | 'skipped';

export type CheckArea = 'machine' | 'configuration' | 'database' | 'page' | 'lake' | 'api' | 'write client';

export interface Check {
  readonly area: CheckArea;
  /** Short and constant, for programs: `node`, `settings`, … */
  readonly name: string;
  readonly state: CheckState;
  /** Describes what was found. */
  readonly detail: string;
  /** Says what to do about it; absent where all is well. */
  readonly remedy?: string;
}

/**
 * `missing` and `partly` mean that data is lost, `not_offered` that the organisation lacks the
 * product, `not_used` that the data set is not pulled.
 */
export type AccessState = 'granted' | 'partly' | 'missing' | 'not_offered' | 'not_used' | 'unknown';

export interface AccessCheck {
  readonly dataSets: readonly string[];
  readonly permission: string | null;
  readonly state: AccessState;
  /** Says what the warehouse lacks without it. */
  readonly lost: string;
  /** The API's refusal; absent where it is granted. */
  readonly reason?: string;
}

/** Builds the checks of one area. */
export function checksOf(area: CheckArea) {
  const make =
    (state: CheckState) =>
    (name: string, detail: string, remedy?: string): Check => ({
      area,
      name,
      state,
      detail,
      ...(remedy !== undefined && { remedy }),
    });
  return {
    ok: make('ok'),
    note: make('note'),
    warning: make('warning'),
    fault: make('fault'),
    skipped: make('skipped'),
  };
}

/** Returns 0 if all is well, 1 if something is lost or will break, 2 if a fault keeps commands from starting. */
export function exitStatusOf(checks: readonly Check[], access: readonly AccessCheck[]): 0 | 1 | 2 {
  if (checks.some(({ state }) => state === 'fault')) return 2;
  const isLost = access.some(({ state }) => state === 'missing' || state === 'partly' || state === 'unknown');
  return isLost || checks.some(({ state }) => state === 'warning') ? 1 : 0;
}
