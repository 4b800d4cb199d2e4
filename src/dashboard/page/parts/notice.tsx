import type { ComponentChildren } from 'preact';
import type { Answer } from '../lib/api.js';

/** What stands in place of a figure: why there is nothing. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Says what is wrong with an answer, or nothing. */
export function Fault({ answer }: { answer: Answer }) {
  if (answer.error === undefined || answer.error.isLoginNeeded) return null;
  return (
    <p class="fault" role="alert">
      {answer.error.message}
    </p>
  );
}
