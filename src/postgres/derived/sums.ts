/** Sums interval facts, in the transaction that changes them: first by interval, then by local day. */
import type { ClientBase } from 'pg';
import { refreshDaySums } from './day-sums.js';
import { refreshIntervalSums, type Written } from './interval-sums.js';

/** Recomputes every sum that includes the written rows of `relation`. The caller holds the locks of their days. */
export async function refreshSums(client: ClientBase, relation: string, written: Written): Promise<void> {
  await refreshIntervalSums(client, relation, written);
  await refreshDaySums(client, relation, written);
}
