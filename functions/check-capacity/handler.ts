import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { InterruptionTable } from '../ledger/interruption-table.ts';
import { clientSettings } from '../shared/clients.ts';
import type { HandlingState } from '../shared/contract.ts';
import { readSettings } from '../shared/settings.ts';
import { lambdaHandler } from '../telemetry/lambda-handler.ts';
import { keysOf } from '../telemetry/log-keys.ts';
import { ofCapacity } from '../telemetry/measurements.ts';
import { measured } from '../telemetry/metrics.ts';
import { createCheckCapacity } from './check-capacity.ts';

const settings = readSettings(process.env);

export const handler = lambdaHandler(
  'check-capacity',
  ({ interruption }: HandlingState) => keysOf(interruption),
  measured(
    createCheckCapacity(
      {
        autoScaling: new AutoScalingClient(clientSettings),
        loadBalancing: new ElasticLoadBalancingV2Client(clientSettings),
        table: new InterruptionTable(new DynamoDBClient(clientSettings), settings.tableName),
      },
      settings,
    ),
    { ofOutput: ofCapacity },
  ),
);
