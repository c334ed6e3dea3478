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
  const start = request.token === undefined ? 0 : positionOf(request.action, request.token);
  if (start === undefined) throw new ServiceError('InvalidNextToken', 'The token supplied to this call is invalid.');
  const end = start + request.size;
  return { items: all.slice(start, end), nextToken: end < all.length ? tokenFor(request.action, end) : undefined };
}

/** A token that says where in a list to go on. */
export function tokenFor(action: string, position: number): string {
  return Buffer.from(`${action} ${position}`).toString('base64url');
}

/** Undefined where the token is not one of this action. */
export function positionOf(action: string, token: string): number | undefined {
  const [tokenAction, position] = Buffer.from(token, 'base64url').toString().split(' ');
  return tokenAction === action && position !== undefined && /^\d+$/.test(position) ? Number(position) : undefined;
}
