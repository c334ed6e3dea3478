import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TableSchema } from '../aws/dynamodb/dynamodb.ts';
import { isJsonObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import {
  type Environment,
  type Output,
  outputsOf,
  resourceOf,
  resourcesOf,
  stateMachineArn,
} from './cloudformation.ts';

/** What `cdk synth` wrote, as far as running it needs it. */
export interface SynthesizedApp {
  readonly stack: SynthesizedStack;
  readonly stateMachineArn: string;
  /** The role of the state machine. */
  readonly roleArn: string;
  readonly isTraced: boolean;
  readonly definition: JsonObject;
  /** Of each rule. */
  readonly eventPatterns: readonly JsonObject[];
  readonly table: TableSchema;
  readonly functions: readonly SynthesizedFunction[];
}

interface SynthesizedStack {
  readonly name: string;
  readonly description: string | undefined;
  /** With their defaults. */
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  readonly outputs: readonly Output[];
}

export interface SynthesizedFunction {
  readonly name: string;
  /** The bundle's file, and which of its exports is the handler. */
  readonly bundlePath: string;
  readonly handlerExport: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads a cloud assembly with one stack. Throws where it lacks something. */
export function readSynthesizedApp(assemblyPath: string, environment: Environment): SynthesizedApp {
  const [stackId, stack] = stackOf(readJson(assemblyPath, 'manifest.json'));
  const template = readJson(assemblyPath, stringAt(objectAt(stack, 'properties'), 'templateFile', 'The stack'));
  const bundles = bundleFolders(assemblyPath, stack);
  const stateMachine = resourceOf(template, environment, 'AWS::StepFunctions::StateMachine');
  return {
    stack: {
      name: String(objectAt(stack, 'properties').stackName ?? stackId),
      description: typeof template.Description === 'string' ? template.Description : undefined,
      parameters: parametersOf(template),
      outputs: outputsOf(template, environment),
    },
    stateMachineArn: stateMachineArn(environment, stateMachine.logicalId),
    roleArn: stringAt(stateMachine.properties, 'RoleArn', 'The state machine'),
    isTraced: objectAt(stateMachine.properties, 'TracingConfiguration').Enabled === true,
    definition: parseObject(stringAt(stateMachine.properties, 'DefinitionString', 'The state machine')),
    eventPatterns: resourcesOf(template, environment, 'AWS::Events::Rule').map(({ properties }) =>
      eventPattern(properties),
    ),
    table: tableSchema(resourceOf(template, environment, 'AWS::DynamoDB::Table')),
    functions: resourcesOf(template, environment, 'AWS::Lambda::Function').map(({ logicalId, properties }) =>
      synthesizedFunction(logicalId, properties, bundles),
    ),
  };
}

/** Those that have no default have to be given to a deployment, which nobody does here. */
function parametersOf(template: JsonObject): { key: string; value: string }[] {
  return Object.entries(objectAt(template, 'Parameters')).flatMap(([key, parameter]) =>
    isJsonObject(parameter) && parameter.Default !== undefined ? [{ key, value: String(parameter.Default) }] : [],
  );
}

function synthesizedFunction(
  name: string,
  properties: JsonObject,
  bundles: ReadonlyMap<string, string>,
): SynthesizedFunction {
  const what = `The function ${name}`;
  const key = stringAt(objectAt(properties, 'Code'), 'S3Key', what);
  const folder = bundles.get(key.replace(/\.zip$/, ''));
  if (folder === undefined) throw new Error(`${what} has the code ${key}, which is not among the assembly's assets.`);
  const [file, handlerExport] = stringAt(properties, 'Handler', what).split('.');
  if (handlerExport === undefined) throw new Error(`${what} has the handler ${file}: it has to be FILE.EXPORT.`);
  return {
    name,
    bundlePath: join(folder, `${file}.cjs`),
    handlerExport,
    timeoutSeconds: typeof properties.Timeout === 'number' ? properties.Timeout : 3,
    environment: variables(objectAt(objectAt(properties, 'Environment'), 'Variables')),
  };
}

function variables(of: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, String(value)]));
}

function tableSchema({ logicalId, properties }: { logicalId: string; properties: JsonObject }): TableSchema {
  const keys = Array.isArray(properties.KeySchema) ? properties.KeySchema : [];
  const key = (type: string) => {
    const found = keys.find((candidate) => isJsonObject(candidate) && candidate.KeyType === type);
    return stringAt(found, 'AttributeName', `The table's ${type} key`);
  };
  return { tableName: logicalId, partitionKey: key('HASH'), sortKey: key('RANGE') };
}

/** The event reaches the state machine as it is, or it does not reach it here. */
function eventPattern(rule: JsonObject): JsonObject {
  const targets = Array.isArray(rule.Targets) ? rule.Targets : [];
  const transformed = targets
    .filter(isJsonObject)
    .find((target) => target.Input ?? target.InputPath ?? target.InputTransformer);
  if (transformed) throw new Error('The rule transforms the event for its target, which is not done here.');
  return objectAt(rule, 'EventPattern');
}

/** The stack's id and artifact. */
function stackOf(manifest: JsonObject): [string, JsonObject] {
  const stacks = Object.entries(objectAt(manifest, 'artifacts')).flatMap(([id, artifact]): [string, JsonObject][] =>
    isJsonObject(artifact) && artifact.type === 'aws:cloudformation:stack' ? [[id, artifact]] : [],
  );
  const [stack] = stacks;
  if (stack && stacks.length === 1) return stack;
  throw new Error(`The cloud assembly has ${stacks.length} stacks; one is expected.`);
}

/** The folder of each asset, by its hash, from the stack's asset manifest. */
function bundleFolders(assemblyPath: string, stack: JsonObject): Map<string, string> {
  const template = stringAt(objectAt(stack, 'properties'), 'templateFile', 'The stack');
  const files = objectAt(readJson(assemblyPath, template.replace('.template.json', '.assets.json')), 'files');
  return new Map(
    Object.entries(files).map(([hash, file]) => {
      return [hash, join(assemblyPath, stringAt(objectAt(file, 'source'), 'path', `The asset ${hash}`))];
    }),
  );
}

function readJson(folder: string, file: string): JsonObject {
  return parseObject(readFileSync(join(folder, file), 'utf8'));
}

function parseObject(text: string): JsonObject {
  const parsed: unknown = JSON.parse(text);
  if (isJsonObject(parsed)) return parsed;
  throw new Error(`Expected a JSON object, but got ${text.slice(0, 80)}`);
}
