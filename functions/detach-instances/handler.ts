import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../shared/clients.ts';
import type { DetachInstancesInput } from '../shared/contract.ts';
import { InterruptionTable } from '../shared/interruption-table.ts';
import { lambdaHandler } from '../shared/lambda-handler.ts';
import { keysOf } from '../shared/log-keys.ts';
import { ofDetachment, ofLeaseError } from '../shared/measurements.ts';
import { measured } from '../shared/metrics.ts';
import { readSettings } from '../shared/settings.ts';
import { createDetachInstances } from './detach-instances.ts';

const settings = readSettings(process.env);

export const handler = lambdaHandler(
  'detach-instances',
  ({ handling }: DetachInstancesInput) => keysOf(handling.interruption),
  measured(
    createDetachInstances(
      {
        autoScaling: new AutoScalingClient(clientSettings),
        table: new InterruptionTable(new DynamoDBClient(clientSettings), settings.tableName),
      },
      settings,
    ),
    {
      ofOutput: (output, { handling }) => ofDetachment(output, handling.interruption),
      ofError: (error, { handling }) => ofLeaseError(error, handling.interruption),
    },
  ),
);
