import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InterruptionTable } from '../ledger/interruption-table.ts';
import { clientSettings } from '../shared/clients.ts';
import type { HandlingState } from '../shared/contract.ts';
import { readSettings } from '../shared/settings.ts';
import { lambdaHandler } from '../telemetry/lambda-handler.ts';
import { keysOf } from '../telemetry/log-keys.ts';
import { ofLeaseError, ofScaleOut } from '../telemetry/measurements.ts';
import { measured } from '../telemetry/metrics.ts';
import { createSetDesiredCapacity } from './set-desired-capacity.ts';

const settings = readSettings(process.env);
const keys = ({ interruption }: HandlingState) => keysOf(interruption);

export const handler = lambdaHandler(
  'set-desired-capacity',
  keys,
  measured(
    createSetDesiredCapacity(
      {
        autoScaling: new AutoScalingClient(clientSettings),
        table: new InterruptionTable(new DynamoDBClient(clientSettings), settings.tableName),
      },
      settings,
    ),
    { ofOutput: ofScaleOut, ofError: (error, handling) => ofLeaseError(error, keys(handling)) },
  ),
);
