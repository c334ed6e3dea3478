import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { functionHandler } from '../function-handler.ts';
import { clientSettings } from '../shared/clients.ts';
import { keysOf } from '../telemetry/log-keys.ts';
import { ofScaleOut } from '../telemetry/measurements.ts';
import { createSetDesiredCapacity } from './set-desired-capacity.ts';

export const handler = functionHandler({
  name: 'set-desired-capacity',
  create: (table, settings) =>
    createSetDesiredCapacity({ autoScaling: new AutoScalingClient(clientSettings), table }, settings),
  keysOf: ({ interruption }) => keysOf(interruption),
  measure: ofScaleOut,
});
