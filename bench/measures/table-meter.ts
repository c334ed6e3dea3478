import type { ApiCall } from '../../simulator/services/index.ts';
import type { Bill } from './bill.ts';

/** Puts on the bill what DynamoDB is asked for: call it for every API call. */
export function tableMeter(bill: Bill): (call: ApiCall) => void {
  const itemsOf = new Map<string, Set<string>>();
  return ({ service, action, parameters }) => {
    if (service !== 'dynamodb') return;
    const groupName = stringIn(parameters, 'Key', 'autoScalingGroupName') ?? groupQueried(parameters);
    const items = itemsOf.get(groupName) ?? new Set();
    itemsOf.set(groupName, items.add(stringIn(parameters, 'Key', 'instanceId') ?? '#lease'));
    if (action === 'UpdateItem') bill.wroteItem();
    else bill.readItems(items.size);
  };
}

function groupQueried(parameters: unknown): string {
  return stringIn(parameters, 'ExpressionAttributeValues', ':group') ?? '';
}

/** The string attribute at two levels of a call's parameters: `{ Key: { instanceId: { S: … } } }`. */
function stringIn(parameters: unknown, ...path: readonly string[]): string | undefined {
  let value = parameters;
  for (const name of [...path, 'S']) {
    value =
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([key]) => key === name)?.[1]
        : undefined;
  }
  return typeof value === 'string' ? value : undefined;
}
