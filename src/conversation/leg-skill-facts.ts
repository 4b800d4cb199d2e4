/**
 * One row per stay in a queue and routing skill that it asked for. Written at load: found in the
 * segments at query time, the skills of a week cost as much as those of all history.
 * `sql/intermediate/int_leg_skill_facts.sql` is the same definition in SQL over the raw tables.
 */
import { isUuid } from '../values/values.js';
import type { DerivedRelation, Row } from './relations.js';
import { factIndexes as at, type FactsInput } from './session-facts.js';
import { columnIndexes, relationNamed } from './session-facts-rows.js';

export const legSkillFactsRelation: DerivedRelation = {
  name: 'leg_skill_facts',
  columns: [
    { name: 'participant_no', type: 'smallint' },
    { name: 'session_no', type: 'smallint' },
    { name: 'skill_no', type: 'smallint' },
    { name: 'started_at', type: 'time' },
    { name: 'skill_id', type: 'uuid' },
    { name: 'division_ids', type: 'texts' },
  ],
};

const segments = relationNamed('segments').index;
const { requested_routing_skill_ids: skillIds } = columnIndexes('segments', ['requested_routing_skill_ids']);
/** Numbers are stored as smallint. */
const skillsMax = 32_767;

/** Computes the rows from a conversation and its session facts: skills in the order in which they were asked for. Pure. */
export function legSkillFacts(flat: FactsInput, sessions: readonly Row[]): Row[] {
  const asking = (flat.rows[segments] ?? []).filter((row) => row[skillIds] !== null);
  if (asking.length === 0) return [];
  return sessions
    .filter((row) => row[at.isQueueLeg] === true)
    .flatMap((leg) => {
      const ofLeg = asking.filter((row) => row[0] === leg[0] && row[1] === leg[1]);
      return distinctSkills(ofLeg).map((skillId, index) => [
        leg[0] ?? null,
        leg[1] ?? null,
        index + 1,
        leg[at.startedAt] ?? null,
        skillId,
        leg[at.divisionIds] ?? null,
      ]);
    });
}

/** An id that is not a UUID names nothing in the directory. */
function distinctSkills(rows: readonly Row[]): string[] {
  const ids = rows.flatMap((row) => row[skillIds] as string[]).map((id) => id.toLowerCase());
  return [...new Set(ids.filter(isUuid))].slice(0, skillsMax);
}
