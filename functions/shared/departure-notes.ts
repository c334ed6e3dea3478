import type { Interruption, Left } from './contract.ts';
import { secondsUntil } from './timestamps.ts';

/** How an instance left, with what whoever reads the execution's output has to know of it. Not for the table. */
export function withNotes(left: Left, interruption: NotedOf): Left {
  const { hookSeconds = 0, instanceId, reclaimAt } = interruption;
  const secondsLeft = Math.max(0, secondsUntil(reclaimAt, Date.parse(left.at)));
  const mayBeCutOff = left.way === 'terminate' && hookSeconds > secondsLeft;
  return {
    ...left,
    ...(left.way === 'detach' && { ifNotReclaimed: endCommand(instanceId) }),
    ...(mayBeCutOff && { hookMayBeCutOff: { mayTakeSeconds: hookSeconds, secondsLeft } }),
  };
}

type NotedOf = Pick<Interruption, 'hookSeconds' | 'instanceId' | 'reclaimAt'>;

/** It runs on outside of its group, and is billed, until somebody ends it. */
function endCommand(instanceId: string): string {
  return `aws ec2 terminate-instances --instance-ids ${instanceId}`;
}
