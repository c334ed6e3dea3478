import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { TaskError } from '../lambda/lambda-service.ts';
import type { JsonApi } from '../protocols/json-endpoint.ts';
import { epochSeconds, type JsonParameters } from '../protocols/json-protocol.ts';
import type { ServiceEndpoint } from '../protocols/service-endpoint.ts';
import type { SystemsManager } from './systems-manager.ts';

/**
 * The part of Systems Manager's API (2014-11-06) that is simulated: SendCommand to instances by their ids.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
 */
export function systemsManagerApi(systemsManager: SystemsManager): JsonApi {
  return {
    service: 'ssm',
    title: 'Systems Manager',
    targetPrefix: 'AmazonSSM',
    version: '1.1',
    actions: { SendCommand: (parameters) => sendCommand(systemsManager, parameters) },
  };
}

function sendCommand(systemsManager: SystemsManager, parameters: JsonParameters): JsonObject {
  const timeoutSeconds = parameters.integer('TimeoutSeconds', { min: 30, max: 2_592_000 }) ?? 3600;
  const command = systemsManager.send(
    parameters.requiredString('DocumentName'),
    parameters.strings('InstanceIds'),
    parameters.stringLists('Parameters'),
  );
  return {
    Command: {
      CommandId: command.id,
      DocumentName: command.documentName,
      InstanceIds: [...command.instanceIds],
      Parameters: Object.fromEntries(Object.entries(command.parameters).map(([name, values]) => [name, [...values]])),
      RequestedDateTime: epochSeconds(command.sentAt),
      Status: 'Pending',
      TimeoutSeconds: timeoutSeconds,
      TargetCount: command.instanceIds.length,
    },
  };
}

/**
 * As a state machine's SDK integration calls it: actions in camel case. Its errors have the names of the exceptions of AWS
 * SDK for Java 2: `Ssm.InvalidInstanceIdException`; what has no exception of its own is `Ssm.SsmException`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 * @throws TaskError
 */
export async function callSystemsManager(
  endpoint: ServiceEndpoint,
  action: string,
  parameters: JsonValue,
): Promise<JsonValue> {
  const target = `AmazonSSM.${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  const answer = await endpoint
    .answer({ target, authorization: undefined, body: JSON.stringify(parameters) })
    .catch((error: unknown) => {
      throw new TaskError('Ssm.SdkClientException', `Unable to execute HTTP request: ${error}`);
    });
  const body: JsonValue = JSON.parse(answer.body);
  if (answer.status === 200) return body;
  const { __type: code = 'UnknownError', message = '' } = isJsonObject(body) ? body : {};
  throw new TaskError(
    exceptions.get(String(code)) ?? 'Ssm.SsmException',
    `${message} (Service: Ssm, Status Code: ${answer.status}, Request ID: ${answer.requestId})`,
  );
}

const exceptions: ReadonlyMap<string, string> = new Map(
  ['InvalidDocument', 'InvalidInstanceId', 'InvalidParameters', 'InternalServerError'].map((code) => [
    code,
    `Ssm.${code}Exception`,
  ]),
);
