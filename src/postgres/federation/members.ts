import type pg from 'pg';

export interface FederationMember {
  readonly name: string;
  readonly organizationId: string;
  readonly organizationName: string | null;
  readonly timeZone: string;
  readonly schemaVersion: string;
  readonly isAnswering: boolean;
  /** Reason why it does not; null where it does. */
  readonly reason: string | null;
  readonly missingColumns: string | null;
}

/** Asks each member whether it answers. A frozen one takes some seconds. */
export async function readMembers(pool: pg.Pool): Promise<FederationMember[]> {
  const { rows } = await pool.query<FederationMember>(
    `select
         member_name as name,
         organization_id as "organizationId",
         organization_name as "organizationName",
         time_zone as "timeZone",
         schema_version as "schemaVersion",
         is_answering as "isAnswering",
         missing_reason as reason,
         missing_columns as "missingColumns"
     from mart.ops_members
     order by member_name`,
  );
  return rows;
}
