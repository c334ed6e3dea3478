import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { functionHandler } from '../function-handler.ts';
import { clientSettings } from '../shared/clients.ts';
import { keysOf } from '../telemetry/log-keys.ts';
import { ofDetachment } from '../telemetry/measurements.ts';
import { createDetachInstances } from './detach-instances.ts';

export const handler = functionHandler({
  name: 'detach-instances',
  create: (table, settings) =>
    createDetachInstances({ autoScaling: new AutoScalingClient(clientSettings), table }, settings),
  keysOf: ({ interruption }) => keysOf(interruption),
  measure: ofDetachment,
});
