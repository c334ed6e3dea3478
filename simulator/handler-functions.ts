import { createCheckCapacity } from '../functions/check-capacity/check-capacity.ts';
import { createDescribeInstance } from '../functions/describe-instance/describe-instance.ts';
import { createDetachInstances } from '../functions/detach-instances/detach-instances.ts';
import { createSetDesiredCapacity } from '../functions/set-desired-capacity/set-desired-capacity.ts';
import { InterruptionTable } from '../functions/shared/interruption-table.ts';
import type { Settings } from '../functions/shared/settings.ts';
import type { SdkClients } from './in-process-app.ts';

/** The handler's functions from their sources, on the clients given: what their bundles do, without the bundles. */
export function handlerFunctions({ autoScaling, dynamoDb, loadBalancing }: SdkClients, settings: Settings) {
  const table = new InterruptionTable(dynamoDb, settings.tableName);
  return {
    'describe-instance': { handler: createDescribeInstance({ autoScaling }, settings), timeoutSeconds: 5 },
    'check-capacity': {
      handler: createCheckCapacity({ autoScaling, loadBalancing, table }, settings),
      timeoutSeconds: 5,
    },
    'set-desired-capacity': { handler: createSetDesiredCapacity({ autoScaling, table }, settings), timeoutSeconds: 10 },
    'detach-instances': { handler: createDetachInstances({ autoScaling, table }, settings), timeoutSeconds: 10 },
  };
}
