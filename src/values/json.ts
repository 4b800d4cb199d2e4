type Step = { readonly text: string } | { readonly value: unknown };

/**
 * Returns a JSON value as text, however deeply it is nested. `JSON.stringify` recurses and
 * overflows the stack at about 6,000 levels; a record that is kept for inspection must not fail for
 * that reason.
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return toJsonInSteps(value);
  }
}

/** Processes a list of steps instead of recursing; limited by the number of values. */
function toJsonInSteps(root: unknown): string {
  const parts: string[] = [];
  const steps: Step[] = [{ value: root }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if ('text' in step) parts.push(step.text);
    else if (typeof step.value !== 'object' || step.value === null) parts.push(JSON.stringify(step.value) ?? 'null');
    else steps.push(...stepsOf(step.value).reverse());
  }
  return parts.join('');
}

function stepsOf(value: object): Step[] {
  const isList = Array.isArray(value);
  const members = isList
    ? value.map((item) => ({ label: '', item }))
    : Object.entries(value).map(([key, item]) => ({ label: `${JSON.stringify(key)}:`, item }));
  const inner = members.flatMap(({ label, item }, index) => [
    { text: `${index > 0 ? ',' : ''}${label}` },
    { value: item },
  ]);
  return [{ text: isList ? '[' : '{' }, ...inner, { text: isList ? ']' : '}' }];
}
