import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { functionHandler } from '../function-handler.ts';
import { clientSettings } from '../shared/clients.ts';
import { keysOf } from '../telemetry/log-keys.ts';
import { ofDetachment } from '../telemetry/measurements.ts';
import { createDetachInstances } from './detach-instances.ts';
import { TargetRegistrations } from './target-registrations.ts';

export const handler = functionHandler({
  name: 'detach-instances',
  create: (table, settings) => {
    const targets = settings.serveOnAtMaxSize
      ? { targets: new TargetRegistrations(new ElasticLoadBalancingV2Client(clientSettings)) }
      : {};
    return createDetachInstances({ autoScaling: new AutoScalingClient(clientSettings), table, ...targets }, settings);
  },
  keysOf: ({ interruption }) => keysOf(interruption),
  measure: ofDetachment,
});
