import type { MiddlewareHandler } from 'hono';
import { isAdmin, type Principal } from '../../engine/auth/principal.ts';
import { principalOf } from '../../engine/http/request-bindings.ts';
import { MillraceError } from '../../protocol/errors.ts';

/**
 * Throws `forbidden` for whoever may not see every project: alerts, failures and counts tell of all of them (PROMISES
 * P10).
 */
export function assertOperator(principal: Principal): void {
  if (isAdmin(principal) || principal.projects === '*') return;
  throw new MillraceError('forbidden', 'the command center is for those who may see every project');
}

/** Lets only operators pass. */
export const onlyOperators: MiddlewareHandler = async (context, next) => {
  assertOperator(await principalOf(context));
  await next();
};
