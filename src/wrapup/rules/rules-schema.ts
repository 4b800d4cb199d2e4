/**
 * The schema of a rules file. `docs/wrapup-rules.schema.json` is generated from it, for editors
 * that complete and check YAML.
 */
import { z } from 'zod';
import { phases } from '../../model/agent-session.js';

const rulesMax = 500;
const valuesMax = 200;
const nameLengthMax = 120;
const textLengthMax = 300;
const noteLengthMax = 1_000;
const writesPerRunMaxMax = 10_000;

/** Causes that an agent session can have; the other causes belong to conversations in which no agent took part. */
export const agentSessionCauses = [
  'acw_timeout',
  'acw_skipped',
  'code_deleted',
  'system_code',
  'non_acd',
  'outbound_no_contact',
  'not_answered',
  'still_open',
  'transferred_before_acw',
  'callback_no_acw',
  'acw_optional',
  'acw_not_requested',
  'digital_no_code',
  'unexplained',
] as const;

const text = z.string().min(1, 'is empty; write a text or leave it out').max(textLengthMax);
const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1).max(valuesMax)]);
const named = (what: string) =>
  oneOrMore(text).describe(`${what}: a name or an id, or several; * matches any characters, case is ignored.`);
const isGiven = (value: object) => Object.values(value).some((each) => each !== undefined);
const emptyFault = 'says nothing; name at least one condition';

const number = z.number();
const comparisons = z
  .strictObject({
    equals: number.optional(),
    not: number.optional(),
    atLeast: number.optional(),
    atMost: number.optional(),
    above: number.optional(),
    below: number.optional(),
  })
  .refine(isGiven, emptyFault)
  .meta({ minProperties: 1 });
const numberMatch = z.union([number, comparisons]);

const textComparisons = z
  .strictObject({
    is: oneOrMore(text).optional(),
    not: oneOrMore(text).optional(),
    exists: z.boolean().optional(),
  })
  .refine(isGiven, emptyFault)
  .meta({ minProperties: 1 });
const textMatch = z.union([text, z.array(text).min(1).max(valuesMax), textComparisons]);
const fieldMatch = z.union([text, number, z.array(text).min(1).max(valuesMax), textComparisons, comparisons]);

const durationFault = 'is not a duration; use one such as 30s, 15m, 2h or 3d';
const duration = z.string({ error: durationFault }).regex(/^\d{1,6}[smhd]$/, { error: durationFault });
const age = z
  .strictObject({ atLeast: duration.optional(), atMost: duration.optional() })
  .refine(isGiven, emptyFault)
  .meta({ minProperties: 1 });

const survey = z
  .strictObject({
    source: named('Origin of the answer, genesys for Genesys’ own surveys').optional(),
    form: named('Form of Genesys’ own surveys').optional(),
    promoterScore: numberMatch.optional(),
    satisfaction: numberMatch.optional(),
    totalScore: numberMatch.optional(),
    category: textMatch.optional(),
    comment: textMatch.optional(),
    fields: z.record(text, fieldMatch).optional().describe('Any other field of an imported answer, by its name.'),
  })
  .refine((value) => Object.values(value).some((each) => each !== undefined), emptyFault)
  .meta({ minProperties: 1 });

const conditions = z.strictObject({
  cause: oneOrMore(z.enum(agentSessionCauses))
    .optional()
    .describe('Why there is no code: a word of dim_wrapup_causes.'),
  current: oneOrMore(text)
    .optional()
    .describe(
      'The current code: none, system (ININ-…), unknown (an id that is not in the directory), any, or a code by name or id. Default: none or system.',
    ),
  phase: oneOrMore(z.enum(phases))
    .optional()
    .describe('Default: ended. afterCallWork is for rules that are evaluated live.'),
  queue: named('Queue of the agent session').optional(),
  media: named('Media type, such as voice, message, email, callback').optional(),
  direction: oneOrMore(z.enum(['inbound', 'outbound'])).optional(),
  agent: named('Agent').optional(),
  team: named('Team of the agent at the time').optional(),
  division: named('Division of the conversation').optional(),
  skill: named('Requested skill').optional(),
  disconnect: named('Disconnect type of the last segment in contact, such as client or peer').optional(),
  age: age
    .optional()
    .describe('Time since the agent session ended or, while after-call work is open, since that began.'),
  attributes: z.record(text, textMatch).optional().describe('Participant attributes, by their names.'),
  survey: survey
    .optional()
    .describe('The latest answer about this agent session; without an answer the rule does not match.'),
});

const action = z.strictObject({
  code: text.describe('The wrap-up code to set: a name or an id.'),
  note: z
    .string()
    .max(noteLengthMax)
    .optional()
    .describe(
      'A note to write with it; {cause}, {queue}, {agent}, {rule}, {promoterScore}, {attribute.NAME}, {field.NAME} … are filled in.',
    ),
});

const rule = z.strictObject({
  name: z
    .string()
    .min(1, 'is empty; name the rule')
    .max(nameLengthMax)
    .describe('Unique in the file; the ledger and reports use it.'),
  description: z.string().optional(),
  when: conditions.default({}).describe('All of these must hold.'),
  set: action,
});

const writeback = z.strictObject({
  queues: z.array(text).min(1).max(valuesMax).describe('Only agent sessions of these queues are written to Genesys.'),
  codes: z.array(text).min(1).max(valuesMax).describe('Only these codes are written to Genesys.'),
  writesPerRunMax: z.int().min(1).max(writesPerRunMaxMax).describe('Maximum number of writes in one run.'),
});

export const rulesSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    writeback: writeback.optional().describe('What wrapup apply --apply may write. Default: nothing.'),
    rules: z.array(rule).min(1).max(rulesMax).describe('In order: the first match applies.'),
  })
  .meta({ title: 'Rules for wrap-up codes of genesys-warehouse' });

export type NumberMatch = z.infer<typeof numberMatch>;
export type TextMatch = z.infer<typeof textMatch>;
export type FieldMatch = z.infer<typeof fieldMatch>;
export type Conditions = z.infer<typeof conditions>;
export type SurveyConditions = z.infer<typeof survey>;
export type Writeback = z.infer<typeof writeback>;
export type RuleText = z.infer<typeof rule>;

/** Returns the JSON Schema (draft 2020-12) of a rules file. */
export function rulesJsonSchema(): object {
  return z.toJSONSchema(rulesSchema, { io: 'input' });
}
