import type { ComponentChildren } from 'preact';
import type { Answer } from '../lib/api.js';

/** Replaces a figure and says why there is none. */
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
