/** Describes what a participant does in a stretch of a conversation, by the word of the queries. */
export interface WorkKind {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}

const kinds: readonly WorkKind[] = [
  { name: 'customer', label: 'Customer', color: 'var(--talk)' },
  { name: 'flow', label: 'Flow', color: 'var(--ivr)' },
  { name: 'queue', label: 'Queue', color: 'var(--queue)' },
  { name: 'alert', label: 'Alerting', color: 'var(--alert)' },
  { name: 'dial', label: 'Dialing', color: 'var(--flow-out)' },
  { name: 'contact', label: 'Contact', color: 'var(--answered)' },
  { name: 'hold', label: 'Hold', color: 'var(--hold)' },
  { name: 'acw', label: 'After-call work', color: 'var(--acw)' },
];

/** Returns the kinds that occur, in the order of a contact. */
export function kindsOf(names: ReadonlySet<string>): readonly WorkKind[] {
  return kinds.filter(({ name }) => names.has(name));
}

/** Returns a kind by its word; what Genesys adds later is grey and keeps its own word. */
export function kindOf(name: string): WorkKind {
  return kinds.find((kind) => kind.name === name) ?? { name, label: name, color: 'var(--before)' };
}
