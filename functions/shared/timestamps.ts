/** ISO 8601 in UTC with milliseconds, as the workflow compares timestamps. */
export function timestamp(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}

export function secondsUntil(then: string, nowMilliseconds: number): number {
  return (Date.parse(then) - nowMilliseconds) / 1000;
}
