import type { Strategy } from './strategy.ts';

export const doNothing: Strategy = {
  name: 'do-nothing',
  source: 'Amazon EC2 Auto Scaling User Guide, "Capacity Rebalancing": what a group does without it',
  does: 'Leaves it to the group, which replaces the instance once EC2 has taken it and its health check has failed.',
  start: () => ({ noticed() {} }),
};
