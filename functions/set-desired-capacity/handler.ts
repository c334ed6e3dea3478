import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../shared/clients.ts';
import type { HandlingState } from '../shared/contract.ts';
import { InterruptionTable } from '../shared/interruption-table.ts';
import { lambdaHandler } from '../shared/lambda-handler.ts';
import { keysOf } from '../shared/log-keys.ts';
import { ofLeaseError, ofScaleOut } from '../shared/measurements.ts';
import { measured } from '../shared/metrics.ts';
import { readSettings } from '../shared/settings.ts';
import { createSetDesiredCapacity } from './set-desired-capacity.ts';

const settings = readSettings(process.env);

export const handler = lambdaHandler(
  'set-desired-capacity',
  ({ interruption }: HandlingState) => keysOf(interruption),
  measured(
    createSetDesiredCapacity(
      {
        autoScaling: new AutoScalingClient(clientSettings),
        table: new InterruptionTable(new DynamoDBClient(clientSettings), settings.tableName),
      },
      settings,
    ),
    { ofOutput: ofScaleOut, ofError: (error, { interruption }) => ofLeaseError(error, interruption) },
  ),
);
