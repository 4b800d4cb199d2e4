/** The directory of the bench's organization: what every report joins for names. */
import type pg from 'pg';

export interface DirectorySizes {
  readonly queues: number;
  readonly agents: number;
}

/** Rows of a directory relation: the current version of each. */
const entity = "timestamptz '2026-01-01', '00000000-0000-0000-0000-000000000000'::uuid";
const versioned = 'valid_from, content_hash';
/** `id('queue', 7)` in SQL and here. */
export const idSql = (kind: string, number: string) => `md5('${kind}-' || ${number})::uuid`;

const skills = 20;
const teams = 25;
const queuesOfAgent = 10;
const skillsOfAgent = 3;

export async function fillQueuesAndAgents(pool: pg.Pool, { queues, agents }: DirectorySizes): Promise<void> {
  await pool.query(
    `insert into genesys.queues (queue_id, name, ${versioned})
     select ${idSql('queue', 'number')}, 'Queue ' || number, ${entity} from generate_series(1, ${queues}) as number`,
  );
  await pool.query(
    `insert into genesys.users (user_id, name, ${versioned})
     select ${idSql('agent', 'number')}, 'Agent ' || number, ${entity} from generate_series(1, ${agents}) as number`,
  );
}

/** Adds what belongs to queues and agents. Does nothing where it is there. */
export async function fillDirectory(pool: pg.Pool, sizes: DirectorySizes): Promise<void> {
  const { rowCount } = await pool.query('select from genesys.teams limit 1');
  if (rowCount !== 0) return;
  for (const text of directorySql(sizes)) await pool.query(text);
}

function directorySql({ queues, agents }: DirectorySizes): string[] {
  const skillOf = (number: string) => idSql('skill', `(${number}) % ${skills}`);
  return [
    `insert into genesys.skills (skill_id, name, state, ${versioned})
     select ${idSql('skill', 'number')}, 'Skill ' || number, 'active', ${entity} from generate_series(0, ${skills - 1}) as number`,
    `insert into genesys.teams (team_id, name, ${versioned})
     select ${idSql('team', 'number')}, 'Team ' || number, ${entity} from generate_series(0, ${teams - 1}) as number`,
    `update genesys.users as users
     set state = 'active', team_id = ${idSql('team', `number % ${teams}`)}, extra = jsonb_build_object('skills', (
         select jsonb_agg(jsonb_build_object('id', ${skillOf('number + rank')}, 'proficiency', rank, 'state', 'active'))
         from generate_series(1, ${skillsOfAgent}) as rank))
     from generate_series(1, ${agents}) as number where users.user_id = ${idSql('agent', 'number')}`,
    `insert into genesys.queue_members (queue_id, user_id, ring_number, is_joined, member_by, ${versioned})
     select ${idSql('queue', `(1 + (number + rank * 7) % ${queues})`)}, ${idSql('agent', 'number')}, 1, true, 'user', ${entity}
     from generate_series(1, ${agents}) as number cross join generate_series(1, ${queuesOfAgent}) as rank`,
    `insert into genesys.wrapup_codes (wrapup_code, name, ${versioned})
     select code, 'Code ' || row_number() over (order by code), ${entity}
     from (
         select wrap_up_code as code from genesys.segments where conversation_start < timestamptz '2026-03-02'
         union select wrap_up_code from genesys.wrapup_aggregates where interval_start < timestamptz '2026-04-02'
     ) as codes where code is not null`,
    `insert into genesys.queue_wrapup_codes (queue_id, wrapup_code, ${versioned})
     select queue_id, wrapup_code, ${entity} from genesys.queues cross join genesys.wrapup_codes`,
    `insert into genesys.presences (presence_id, name, system_presence, ${versioned})
     select md5('presence-' || name)::uuid, initcap(name), name, ${entity} from unnest('{On Queue,Break,Available}'::text[]) as name`,
    `insert into genesys.flow_outcome_definitions (flow_outcome_id, name, ${versioned})
     select distinct flow_outcome_id, 'Outcome ' || left(flow_outcome_id::text, 4), ${entity}
     from genesys.flow_outcome_aggregates where interval_start < timestamptz '2026-04-02' and flow_outcome_id is not null`,
  ];
}
