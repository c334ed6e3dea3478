import { isJsonObject, type JsonObject, type JsonValue, objectAt } from '../json.ts';

export interface Environment {
  readonly region: string;
  readonly account: string;
}

/** A resource of a template, with its intrinsic functions resolved as if it were deployed under its logical id. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
}

/** The resources of a CloudFormation template. Throws where a property uses what cannot be resolved here. */
export function resourcesOf(template: JsonObject, environment: Environment, type: string): Resource[] {
  const resources = objectAt(template, 'Resources');
  return Object.entries(resources).flatMap(([logicalId, resource]) => {
    if (!isJsonObject(resource) || resource.Type !== type) return [];
    const properties = resolve(objectAt(resource, 'Properties'), { resources, environment });
    return isJsonObject(properties) ? [{ logicalId, type, properties }] : [];
  });
}

/** The one resource of a type. */
export function resourceOf(template: JsonObject, environment: Environment, type: string): Resource {
  const found = resourcesOf(template, environment, type);
  const [resource] = found;
  if (resource && found.length === 1) return resource;
  throw new Error(`The synthesized template has ${found.length} resources of type ${type}; one is expected.`);
}

/** An output of a stack, its value resolved likewise. */
export interface Output {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** The outputs of a CloudFormation template. Throws where one uses what cannot be resolved here. */
export function outputsOf(template: JsonObject, environment: Environment): Output[] {
  const scope = { resources: objectAt(template, 'Resources'), environment };
  return Object.entries(objectAt(template, 'Outputs')).map(([key, output]) => {
    const { Value, Description, Export } = resolvedObject(output, scope);
    const { Name } = isJsonObject(Export) ? Export : {};
    return { key, value: String(Value), description: textOf(Description), exportName: textOf(Name) };
  });
}

function functionArn({ region, account }: Environment, name: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}

export function stateMachineArn({ region, account }: Environment, name: string): string {
  return `arn:aws:states:${region}:${account}:stateMachine:${name}`;
}

interface Scope {
  readonly resources: JsonObject;
  readonly environment: Environment;
}

function resolve(value: JsonValue, scope: Scope): JsonValue {
  if (Array.isArray(value)) return value.map((element) => resolve(element, scope));
  if (!isJsonObject(value)) return value;
  const [key, operand] = Object.entries(value)[0] ?? [];
  if (key === 'Ref' && typeof operand === 'string') return reference(operand, scope);
  if (key === 'Fn::GetAtt' && Array.isArray(operand)) return attribute(operand, scope);
  if (key === 'Fn::Join' && Array.isArray(operand)) return join(operand, scope);
  if (key === 'Fn::Sub' && typeof operand === 'string') return substitute(operand, scope);
  if (key?.startsWith('Fn::'))
    throw new Error(`The template uses ${JSON.stringify(value)}, which is not resolved here.`);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, scope)]));
}

function resolvedObject(value: JsonValue, scope: Scope): JsonObject {
  const resolved = resolve(value, scope);
  return isJsonObject(resolved) ? resolved : {};
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function join([separator, parts]: JsonValue[], scope: Scope): string {
  const resolved = resolve(parts ?? [], scope);
  return Array.isArray(resolved) ? resolved.join(String(separator)) : String(resolved);
}

function substitute(text: string, scope: Scope): string {
  return text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
    const [logicalId, ...attributes] = name.split('.');
    return attributes.length === 0 ? reference(name, scope) : attribute([logicalId ?? '', attributes.join('.')], scope);
  });
}

function reference(name: string, { resources, environment }: Scope): string {
  if (name === 'AWS::Region') return environment.region;
  if (name === 'AWS::AccountId') return environment.account;
  if (name === 'AWS::Partition') return 'aws';
  if (name === 'AWS::URLSuffix') return 'amazonaws.com';
  const type = objectAt(resources, name).Type;
  if (type === 'AWS::StepFunctions::StateMachine') return stateMachineArn(environment, name);
  if (type !== undefined) return name;
  throw new Error(`The template refers to ${name}, which is not among its resources.`);
}

function attribute([logicalId, name]: JsonValue[], { resources, environment }: Scope): string {
  const id = String(logicalId);
  const type = objectAt(resources, id).Type;
  if (typeof type !== 'string') throw new Error(`The template refers to ${id}, which is not among its resources.`);
  if (type === 'AWS::Lambda::Function' && name === 'Arn') return functionArn(environment, id);
  if (type === 'AWS::StepFunctions::StateMachine' && name === 'Arn') return stateMachineArn(environment, id);
  if (type === 'AWS::IAM::Role' && name === 'Arn') return `arn:aws:iam::${environment.account}:role/${id}`;
  // Of other resources only the identity matters here.
  return `${id}.${name}`;
}
