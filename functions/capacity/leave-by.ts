import { leaveByOf } from '../configuration/values.ts';
import type { LeaveBy } from '../shared/contract.ts';
import type { GroupSnapshot } from './group-snapshot.ts';

/** The group's tag that overrules the stack's `leaveBy`. */
export const leaveByTag = 'spot-interruption-handler:leave-by';

/**
 * The group's tag, else the configuration. A stack that is configured to detach may not terminate (IAM), so that a tag which
 * asks for that is ignored there, as an unreadable one is.
 */
export function leaveByFor(
  { tags }: Pick<GroupSnapshot, 'tags'>,
  configured: LeaveBy,
): { readonly leaveBy: LeaveBy; readonly isTagIgnored: boolean } {
  const tagged = leaveByOf(tags.get(leaveByTag));
  const isFollowed = tagged !== undefined && (tagged === 'detach' || configured !== 'detach');
  if (isFollowed) return { leaveBy: tagged, isTagIgnored: false };
  return { leaveBy: configured, isTagIgnored: tags.has(leaveByTag) };
}
