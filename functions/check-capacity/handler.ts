import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { functionHandler } from '../function-handler.ts';
import { clientSettings } from '../shared/clients.ts';
import { keysOf } from '../telemetry/log-keys.ts';
import { ofCapacity } from '../telemetry/measurements.ts';
import { createCheckCapacity } from './check-capacity.ts';

export const handler = functionHandler({
  name: 'check-capacity',
  create: (table, settings) => {
    const autoScaling = new AutoScalingClient(clientSettings);
    const loadBalancing = new ElasticLoadBalancingV2Client(clientSettings);
    return createCheckCapacity({ autoScaling, loadBalancing, table }, settings);
  },
  keysOf: ({ interruption }) => keysOf(interruption),
  measure: ofCapacity,
});
