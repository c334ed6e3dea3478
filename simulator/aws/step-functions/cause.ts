import { isJsonObject } from '../../json.ts';

/** What went wrong, of an execution's Cause: a function's error message, or the whole Cause where it is a service's. */
export function causeMessage(cause = ''): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    return isJsonObject(parsed) && typeof parsed.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
}
