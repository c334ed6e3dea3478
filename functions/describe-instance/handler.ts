import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InterruptionTable } from '../ledger/interruption-table.ts';
import { clientSettings } from '../shared/clients.ts';
import type { DescribeInstanceInput } from '../shared/contract.ts';
import { readSettings } from '../shared/settings.ts';
import { lambdaHandler } from '../telemetry/lambda-handler.ts';
import { ofLeaseError, ofNotice } from '../telemetry/measurements.ts';
import { measured } from '../telemetry/metrics.ts';
import { createDescribeInstance } from './describe-instance.ts';

const settings = readSettings(process.env);
const keys = ({ execution }: DescribeInstanceInput) => ({ executionArn: execution.arn });

export const handler = lambdaHandler(
  'describe-instance',
  keys,
  measured(
    createDescribeInstance(
      {
        autoScaling: new AutoScalingClient(clientSettings),
        table: new InterruptionTable(new DynamoDBClient(clientSettings), settings.tableName),
      },
      settings,
    ),
    { ofOutput: ofNotice, ofError: (error, input) => ofLeaseError(error, keys(input)) },
  ),
);
