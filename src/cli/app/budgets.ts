import type pg from 'pg';
import { monotonicMs } from '../../genesys/client.js';
import type { Budget } from '../../genesys/request/budget.js';
import { RequestBudget } from '../../postgres/ledger/request-budget.js';

/** Request allowances of this process, one for each OAuth client, each shared through the database with all other processes. */
export interface Budgets {
  /** Returns the `budget` option for an API client that logs in as `clientId`. */
  of(clientId: string): (apiUrl: string) => Budget;
  /** Database pools that the allowances use. */
  pools(): readonly pg.Pool[];
  close(): Promise<void>;
}

export function openBudgets(connectionString: string, requestsPerMinute: number): Budgets {
  const open = new Map<string, RequestBudget>();
  return {
    of: (clientId) => (api) => {
      const key = `${api} ${clientId}`;
      const budget =
        open.get(key) ??
        new RequestBudget({ connectionString, api, clientId, requestsPerMinute, clockMs: monotonicMs });
      open.set(key, budget);
      return budget;
    },
    pools: () => [...open.values()].map(({ pool }) => pool),
    close: async () => {
      await Promise.all([...open.values()].map((budget) => budget.close()));
      open.clear();
    },
  };
}
