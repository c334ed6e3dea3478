import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { clientSettings } from '../shared/clients.ts';
import type { DescribeInstanceInput } from '../shared/contract.ts';
import { lambdaHandler } from '../shared/lambda-handler.ts';
import { ofNotice } from '../shared/measurements.ts';
import { measured } from '../shared/metrics.ts';
import { readSettings } from '../shared/settings.ts';
import { createDescribeInstance } from './describe-instance.ts';

export const handler = lambdaHandler(
  'describe-instance',
  ({ execution }: DescribeInstanceInput) => ({ executionArn: execution.arn }),
  measured(createDescribeInstance({ autoScaling: new AutoScalingClient(clientSettings) }, readSettings(process.env)), {
    ofOutput: ofNotice,
  }),
);
