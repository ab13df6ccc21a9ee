/** Why something could not be measured, in one line: drivers of browsers append whole logs. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}
