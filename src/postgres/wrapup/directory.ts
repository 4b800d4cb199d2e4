import type pg from 'pg';
import type { CodeEntry, Directory, Named, QueueEntry } from '../../model/agent-session.js';

type Queue = Omit<QueueEntry, 'wrapupCodes'> & { readonly codes: readonly string[] | null };

/** The directory as it was last listed, deleted entries included: facts of the past name them. */
export async function readDirectory(pool: pg.Pool | pg.ClientBase): Promise<Directory> {
  const queues = await pool.query<Queue>(queuesSql);
  const codes = await pool.query<CodeEntry>(
    `select wrapup_code as id, name, deleted_at is not null as "isDeleted"
     from genesys.wrapup_codes where valid_to is null order by name, wrapup_code`,
  );
  const named = async (relation: string, key: string): Promise<Named[]> => {
    const { rows } = await pool.query<Named>(
      `select ${key}::text as id, name from genesys.${relation} where valid_to is null order by name, ${key}`,
    );
    return rows;
  };
  return {
    queues: queues.rows.map(({ codes: offered, ...queue }) => ({
      ...queue,
      wrapupCodes: offered === null ? null : new Set(offered),
    })),
    codes: codes.rows,
    users: await named('users', 'user_id'),
    teams: await named('teams', 'team_id'),
    divisions: await named('divisions', 'division_id'),
    skills: await named('skills', 'skill_id'),
  };
}

// A queue of which no code was ever listed offers none, once the codes of any queue have been listed.
const queuesSql = `
    select
        queues.queue_id::text as id,
        queues.name,
        queues.deleted_at is not null as "isDeleted",
        queues.acw_wrapup_prompt as "wrapupPrompt",
        case
            when exists (select from genesys.queue_wrapup_codes)
                then coalesce(array_agg(offered.wrapup_code) filter (where offered.wrapup_code is not null), '{}')
        end as codes
    from genesys.queues as queues
    left join genesys.queue_wrapup_codes as offered
        on offered.queue_id = queues.queue_id and offered.valid_to is null and offered.deleted_at is null
    where queues.valid_to is null
    group by queues.queue_id, queues.name, queues.deleted_at, queues.acw_wrapup_prompt
    order by queues.name, queues.queue_id`;
