import { rowsOf, textOf, useQuery } from './api.js';
import { causeLabel, mediaLabel } from './labels.js';

export interface Option {
  readonly id: string;
  readonly label: string;
}

/** Lists queues by name; deleted ones come last and are marked. */
export function useQueueOptions(): Option[] {
  const answer = useQuery('queue-list', {});
  return rowsOf(answer.result).map((row) => ({
    id: textOf(row.queue_id),
    label: `${textOf(row.queue_name)}${row.is_deleted === true ? ' (deleted)' : ''}`,
  }));
}

/** Lists users by name; users of the same name are distinguished by their title or division. */
export function useUserOptions(): Option[] {
  const answer = useQuery('user-list', {});
  const rows = rowsOf(answer.result);
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(textOf(row.user_name), (counts.get(textOf(row.user_name)) ?? 0) + 1);
  return rows.map((row) => {
    const name = textOf(row.user_name);
    const more = [
      ...((counts.get(name) ?? 0) > 1 ? [textOf(row.division_name) || textOf(row.title)] : []),
      ...(row.is_deleted === true ? ['deleted'] : []),
    ].filter((each) => each !== '');
    return { id: textOf(row.user_id), label: more.length === 0 ? name : `${name} (${more.join(', ')})` };
  });
}

export function useDivisionOptions(): Option[] {
  const answer = useQuery('division-list', {});
  return rowsOf(answer.result).map((row) => ({ id: textOf(row.division_id), label: textOf(row.division_name) }));
}

/** The media types that have contacts, the busiest first. */
export function useMediaOptions(): Option[] {
  const answer = useQuery('media-types', {});
  return rowsOf(answer.result).map((row) => ({
    id: textOf(row.media_type),
    label: mediaLabel(textOf(row.media_type)),
  }));
}

export function useTeamOptions(): Option[] {
  const answer = useQuery('team-list', {});
  return rowsOf(answer.result).map((row) => ({ id: textOf(row.team_id), label: textOf(row.team_name) }));
}

export function useCauseOptions(): Option[] {
  const answer = useQuery('cause-list', {});
  return rowsOf(answer.result).map((row) => ({
    id: textOf(row.wrapup_cause),
    label: causeLabel(textOf(row.wrapup_cause)),
  }));
}
