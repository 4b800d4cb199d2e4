import { labelOf } from '../lib/labels.js';

/** Names of colours. The style is set by script, which the policy of the page allows; an attribute would not be. */
export function Legend({ items }: { items: readonly { name: string; label?: string; color: string }[] }) {
  return (
    <span class="legend">
      {items.map(({ name, label, color }) => (
        <span key={name} style={{ '--key': color }}>
          {label ?? labelOf(name)}
        </span>
      ))}
    </span>
  );
}
