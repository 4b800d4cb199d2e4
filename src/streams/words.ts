/** Names in a text, because a name per line would hide the code that uses them. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
