/** Colours and words of presences and routing statuses; what Genesys adds later is grey and keeps its own word. */
const presences: Readonly<Record<string, [string, string]>> = {
  ON_QUEUE: ['On queue', 'var(--talk)'],
  AVAILABLE: ['Available', 'var(--answered)'],
  BUSY: ['Busy', 'var(--leak)'],
  BREAK: ['Break', 'var(--hold)'],
  MEAL: ['Meal', 'var(--hold)'],
  MEETING: ['Meeting', 'var(--acw)'],
  TRAINING: ['Training', 'var(--acw)'],
  AWAY: ['Away', 'var(--queue)'],
  OFFLINE: ['Offline', 'transparent'],
};

const routingStatuses: Readonly<Record<string, [string, string]>> = {
  INTERACTING: ['Interacting', 'var(--talk)'],
  COMMUNICATING: ['Communicating', 'var(--acw)'],
  IDLE: ['Idle', 'var(--ivr)'],
  NOT_RESPONDING: ['Not responding', 'var(--alert)'],
  OFF_QUEUE: ['Off queue', 'transparent'],
};

export interface StatusLook {
  readonly label: string;
  readonly color: string;
}

export function lookOf(kind: string, status: string): StatusLook {
  const known = (kind === 'presence' ? presences : routingStatuses)[status];
  const words = status.toLowerCase().replaceAll('_', ' ');
  return known === undefined
    ? { label: words.charAt(0).toUpperCase() + words.slice(1), color: 'var(--before)' }
    : { label: known[0], color: known[1] };
}
