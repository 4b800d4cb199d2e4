import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageFacts } from './lib/api.js';

export interface Facts extends PageFacts {
  /** The day that it is in the reporting zone. */
  readonly today: string;
}

export const FactsContext = createContext<Facts | undefined>(undefined);

export function useFacts(): Facts {
  const facts = useContext(FactsContext);
  if (facts === undefined) throw new Error('The page is drawn before its facts are read.');
  return facts;
}
