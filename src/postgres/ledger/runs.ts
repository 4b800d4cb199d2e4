import type pg from 'pg';

export interface RunEnd {
  readonly exitStatus: number;
  readonly requests: number;
  readonly pages: number;
  readonly records: number;
  readonly changedRecords: number;
  readonly deadLetters: number;
  readonly lastError: string | null;
}

/** Summarizes how a run used the API's rate limit; `status` shows the latest. */
export interface ApiBudget {
  readonly requests_per_minute: number;
  readonly requests: number;
  readonly retries: number;
  readonly refused: number;
  readonly waited_seconds: number;
  readonly seen_at: string;
}

export async function beginRun(pool: pg.Pool, command: string, version: string, now: Date): Promise<string> {
  const { rows } = await pool.query<{ run_id: string }>(
    'insert into extract.runs (command, program_version, started_at) values ($1, $2, $3) returning run_id',
    [command, version, now],
  );
  return String(rows[0]?.run_id);
}

export async function endRun(pool: pg.Pool, runId: string, end: RunEnd, budget: ApiBudget, now: Date): Promise<void> {
  await pool.query(
    `update extract.runs
     set ended_at = $2, exit_status = $3, requests = $4, pages = $5, records = $6, changed_records = $7, dead_letters = $8,
         last_error = $9
     where run_id = $1`,
    [
      runId,
      now,
      end.exitStatus,
      end.requests,
      end.pages,
      end.records,
      end.changedRecords,
      end.deadLetters,
      end.lastError,
    ],
  );
  await pool.query(
    `insert into extract.settings (name, value) values ('api_budget', $1)
     on conflict (name) do update set value = excluded.value`,
    [JSON.stringify(budget)],
  );
}
