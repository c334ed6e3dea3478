import { createCheckCapacity } from '../../functions/check-capacity/check-capacity.ts';
import type { Settings } from '../../functions/configuration/settings.ts';
import { createDescribeInstance } from '../../functions/describe-instance/describe-instance.ts';
import { createDetachInstances } from '../../functions/detach-instances/detach-instances.ts';
import { TargetRegistrations } from '../../functions/detach-instances/target-registrations.ts';
import { InterruptionTable } from '../../functions/ledger/interruption-table.ts';
import { createSetDesiredCapacity } from '../../functions/set-desired-capacity/set-desired-capacity.ts';
import type { FunctionName } from '../../functions/shared/contract.ts';
import { functionTimeoutSeconds } from '../../functions/shared/timing.ts';
import type { LambdaFunction } from '../aws/lambda/lambda-service.ts';
import type { SdkClients } from './in-process-app.ts';

/**
 * The handler's functions from their sources, on the clients given: what their bundles do, without the bundles. `Table`: a
 * subclass, to try what the handler is without a part of it.
 */
export function handlerFunctions(
  { autoScaling, dynamoDb, loadBalancing }: SdkClients,
  settings: Settings,
  Table: typeof InterruptionTable = InterruptionTable,
): Readonly<Record<FunctionName, LambdaFunction>> {
  const table = new Table(dynamoDb, settings.tableName);
  const targets = settings.serveOnAtMaxSize && { targets: new TargetRegistrations(loadBalancing) };
  return {
    'describe-instance': limited('describe-instance', createDescribeInstance({ autoScaling, table }, settings)),
    'check-capacity': limited('check-capacity', createCheckCapacity({ autoScaling, loadBalancing, table }, settings)),
    'set-desired-capacity': limited('set-desired-capacity', createSetDesiredCapacity({ autoScaling, table }, settings)),
    'detach-instances': limited(
      'detach-instances',
      createDetachInstances({ autoScaling, table, ...targets }, settings),
    ),
  };
}

function limited(name: FunctionName, handler: LambdaFunction['handler']): LambdaFunction {
  return { handler, timeoutSeconds: functionTimeoutSeconds[name] };
}
