import { ServiceError } from './service-error.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

/** A page of a list. Throws a ServiceError for a token that is not one of this action. */
export function pageOf<T>(
  all: readonly T[],
  request: { readonly action: string; readonly size: number; readonly token: string | undefined },
): Page<T> {
  const start = request.token === undefined ? 0 : startOf(request.action, request.token);
  const end = start + request.size;
  return {
    items: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(`${request.action} ${end}`).toString('base64url') : undefined,
  };
}

function startOf(action: string, token: string): number {
  const [tokenAction, start] = Buffer.from(token, 'base64url').toString().split(' ');
  if (tokenAction !== action || start === undefined || !/^\d+$/.test(start)) {
    throw new ServiceError('InvalidNextToken', 'The token supplied to this call is invalid.');
  }
  return Number(start);
}
