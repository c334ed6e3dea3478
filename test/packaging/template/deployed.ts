import { isArray, isObject, type Json, type JsonObject } from '../../../packaging/template/json.ts';

/**
 * A template's resources as CloudFormation would make them in the partition `aws`: conditions decided, parameters filled in, texts
 * joined. What only a deployment knows is named: `{Topic}`, `{Topic.Arn}`. JSON texts and policies are parsed, to be compared.
 */
export function deployedResources(template: JsonObject, given: Readonly<Record<string, string>> = {}): JsonObject {
  const defaults = Object.entries(objectAt(template, 'Parameters')).map(([name, parameter]) => [
    name,
    isObject(parameter) && parameter.Default !== undefined ? String(parameter.Default) : '',
  ]);
  const values = { 'AWS::Partition': 'aws', ...Object.fromEntries(defaults), ...given };
  const scope = { values, conditions: objectAt(template, 'Conditions') };
  return Object.fromEntries(
    Object.entries(objectAt(template, 'Resources')).flatMap(([logicalId, resource]) => {
      if (!isObject(resource)) return [];
      const { Condition, Metadata: _, ...attributes } = resource;
      if (typeof Condition === 'string' && !holds(scope.conditions[Condition], scope)) return [];
      return [[logicalId, withParsedTexts(resolved(attributes, scope))]];
    }),
  );
}

/** The descriptions of the rules that parameters break. */
export function brokenRules(template: JsonObject, given: Readonly<Record<string, string>>): string[] {
  return Object.values(objectAt(template, 'Rules')).flatMap((rule) => {
    const assertions = isObject(rule) && isArray(rule.Assertions) ? rule.Assertions.filter(isObject) : [];
    return assertions
      .filter(({ Assert }) => !holds(Assert, { values: given, conditions: {} }))
      .map(({ AssertDescription }) => String(AssertDescription));
  });
}

interface Scope {
  readonly values: Readonly<Record<string, string>>;
  readonly conditions: JsonObject;
}

const noValue = Symbol('AWS::NoValue');

function resolved(value: Json, scope: Scope): Json {
  const result = resolvedOrNone(value, scope);
  if (typeof result === 'symbol') throw new Error('Nothing is left of a whole value.');
  return result;
}

function resolvedOrNone(value: Json, scope: Scope): Json | typeof noValue {
  if (isArray(value)) {
    return value.map((element) => resolvedOrNone(element, scope)).filter((element) => typeof element !== 'symbol');
  }
  if (!isObject(value)) return value;
  if (value.Ref === 'AWS::NoValue') return noValue;
  if (typeof value.Ref === 'string') return scope.values[value.Ref] ?? `{${value.Ref}}`;
  if (isArray(value['Fn::GetAtt'])) return `{${value['Fn::GetAtt'].join('.')}}`;
  if (isArray(value['Fn::If'])) return branch(value['Fn::If'], scope);
  if (isArray(value['Fn::Join'])) return join(value['Fn::Join'], scope);
  if (typeof value['Fn::Sub'] === 'string') return value['Fn::Sub'];
  const unknown = Object.keys(value).find((key) => key.startsWith('Fn::'));
  if (unknown !== undefined) throw new Error(`${unknown} is not resolved here: ${JSON.stringify(value)}`);
  const members = Object.entries(value).map(([key, member]) => [key, resolvedOrNone(member, scope)] as const);
  return Object.fromEntries(members.flatMap(([key, member]) => (typeof member === 'symbol' ? [] : [[key, member]])));
}

function branch([condition, yes = null, no = null]: readonly Json[], scope: Scope) {
  return resolvedOrNone(holds(scope.conditions[String(condition)], scope) ? yes : no, scope);
}

function join([separator, parts = []]: readonly Json[], scope: Scope): string {
  const texts = resolved(parts, scope);
  return isArray(texts) ? texts.join(String(separator)) : String(texts);
}

function holds(condition: Json | undefined, scope: Scope): boolean {
  if (!isObject(condition)) throw new Error(`Not a condition: ${JSON.stringify(condition)}`);
  const operands = (key: string) => (isArray(condition[key]) ? condition[key] : undefined);
  const equal = operands('Fn::Equals')?.map((operand) => resolved(operand, scope));
  if (equal) return equal[0] === equal[1];
  const negated = operands('Fn::Not');
  if (negated) return !holds(negated[0], scope);
  const alternatives = operands('Fn::Or');
  if (alternatives) return alternatives.some((alternative) => holds(alternative, scope));
  throw new Error(`A condition that is not decided here: ${JSON.stringify(condition)}`);
}

function withParsedTexts(value: Json): Json {
  if (isArray(value)) return value.map(withParsedTexts);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isText =
        ['DefinitionString', 'DashboardBody', 'PolicyDocument'].includes(key) && typeof member === 'string';
      return [key, isText ? JSON.parse(member) : withParsedTexts(member)];
    }),
  );
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const member = value[key];
  return isObject(member) ? member : {};
}
