import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { functionHandler } from '../function-handler.ts';
import { clientSettings } from '../shared/clients.ts';
import { ofNotice } from '../telemetry/measurements.ts';
import { createDescribeInstance } from './describe-instance.ts';

export const handler = functionHandler({
  name: 'describe-instance',
  create: (table, settings) =>
    createDescribeInstance({ autoScaling: new AutoScalingClient(clientSettings), table }, settings),
  keysOf: ({ execution }) => ({ executionArn: execution.arn }),
  measure: ofNotice,
});
