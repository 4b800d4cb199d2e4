import type { ClientBase } from 'pg';
import { dayMs } from '../../lib/interval.js';

/**
 * Marks the UTC days of these instants (milliseconds since 1970) as changed, in the caller's transaction, so that the next export to a lake
 * writes them again. Costs one statement a call and a row only for a day that is not marked yet.
 */
export async function markChangedDays(client: ClientBase, source: string, instants: Iterable<number>): Promise<void> {
  const days = new Set<number>();
  for (const instant of instants) days.add(Math.floor(instant / dayMs));
  if (days.size === 0) return;
  const texts = [...days].sort((a, b) => a - b).map((day) => new Date(day * dayMs).toISOString().slice(0, 10));
  await client.query('select extract.mark_changed_days($1, $2::date[])', [source, texts]);
}
