import { quote } from '../../lib/text.js';
import type { AgentSession, SurveyAnswer } from '../../model/agent-session.js';

/** Genesys states no limit; agents' notes are far shorter. */
const noteLengthMax = 1_000;
const placeholder = /\{([^{}]*)\}/g;

export interface NoteFacts {
  readonly rule: string;
  readonly session: AgentSession;
  /** The answer that the rule matched, if it has a survey condition. */
  readonly survey: SurveyAnswer | null;
}

const values: Readonly<Record<string, (facts: NoteFacts) => string | number | null | undefined>> = {
  rule: ({ rule }) => rule,
  cause: ({ session }) => session.cause,
  queue: ({ session }) => session.queue?.name,
  agent: ({ session }) => session.user?.name,
  team: ({ session }) => session.team?.name,
  media: ({ session }) => session.mediaType,
  direction: ({ session }) => session.direction,
  previousCode: ({ session }) => session.currentCode,
  promoterScore: ({ survey }) => survey?.promoterScore,
  satisfaction: ({ survey }) => survey?.satisfaction,
  totalScore: ({ survey }) => survey?.totalScore,
  category: ({ survey }) => survey?.category,
  comment: ({ survey }) => survey?.comment,
};

/** Fills the placeholders of a template; unknown values stay empty. */
export function fillNote(template: string, facts: NoteFacts): string {
  const filled = template.replaceAll(placeholder, (_whole, name: string) => String(valueNamed(name, facts) ?? ''));
  return filled.slice(0, noteLengthMax);
}

/** Returns a sentence for each unknown placeholder. */
export function noteFaults(template: string): string[] {
  return [...template.matchAll(placeholder)]
    .map(([, name = '']) => name)
    .filter((name) => values[name] === undefined && !/^(attribute|field)\../.test(name))
    .map(
      (name) =>
        `note has ${quote(`{${name}}`)}, which is unknown; use ${Object.keys(values).join(', ')}, attribute.NAME or field.NAME`,
    );
}

function valueNamed(name: string, facts: NoteFacts): string | number | null | undefined {
  if (name.startsWith('attribute.')) return facts.session.attributes[name.slice('attribute.'.length)];
  if (name.startsWith('field.')) return facts.survey?.fields[name.slice('field.'.length)];
  return values[name]?.(facts);
}
