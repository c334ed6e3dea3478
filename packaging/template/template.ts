import { isObject, isSame, type Json, type JsonObject } from './json.ts';
import { jsonText, marked, parsedJsonText } from './json-text.ts';
import { everyMarkReplaced } from './marks.ts';
import { type Case, conditionOf, mergedCases } from './merge.ts';
import { handlerOffers, logRetentionOffer, notificationsOffer, type Offer } from './offers.ts';
import { synthesizedVariants, type Variant } from './variants.ts';

/**
 * The stack as one template of CloudFormation, for accounts without CDK: what is configured by context there is a parameter here,
 * and what a parameter decides is a condition. It is put together from what CDK synthesizes for every combination of them.
 */
export function cloudFormationTemplate(): JsonObject {
  const variants = synthesizedVariants();
  const offers = groups.flatMap((group) => group.offers);
  const declared = <Value>(of: (offer: Offer<unknown>) => Readonly<Record<string, Value>>) =>
    Object.assign({}, ...offers.map(of)) satisfies Record<string, Value>;
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Takes interrupted Spot Instances out of their Auto Scaling groups gracefully',
    Metadata: {
      'AWS::CloudFormation::Interface': { ParameterGroups: groups.map(parameterGroup) },
      'cfn-lint': { config: { ignore_checks: lintIgnored } },
    },
    Parameters: declared(({ parameters }) => parameters),
    Rules: declared(({ rules }) => rules),
    Conditions: { ...section(variants, 'Conditions'), ...declared(({ conditions }) => conditions) },
    Resources: resources(variants),
    Outputs: section(variants, 'Outputs'),
  };
}

/** Code in a local folder, which `aws cloudformation package` uploads; dependencies that CDK states though they are implied. */
const lintIgnored = ['W3002', 'W3005'];

interface Group {
  readonly label: string;
  readonly offers: readonly Offer<unknown>[];
}

/** As a form shows the parameters. */
const groups: readonly Group[] = [
  { label: 'How instances are handled', offers: Object.values(handlerOffers) },
  { label: 'Who is told', offers: [notificationsOffer] },
  { label: 'Logs', offers: [logRetentionOffer] },
];

function parameterGroup({ label, offers }: Group): JsonObject {
  return { Label: { default: label }, Parameters: offers.flatMap(({ parameters }) => Object.keys(parameters)) };
}

/** One that is the same in all variants. */
function section(variants: readonly Variant[], name: string): JsonObject {
  const [first, ...others] = variants.map(({ template }) => template[name]);
  if (isObject(first) && others.every((other) => isSame(other, first))) return first;
  throw new Error(`${name} depend on the parameters, which the template cannot express.`);
}

function resources(variants: readonly Variant[]): JsonObject {
  const all = variants.map(({ answers, template }) => ({ answers, resources: asObject(template.Resources) }));
  const logicalIds = new Set(all.flatMap(({ resources }) => Object.keys(resources)));
  return Object.fromEntries(
    [...logicalIds].map((logicalId) => {
      const cases = all.map(({ answers, resources }) => ({ answers, value: resources[logicalId] }));
      return [logicalId, resource(logicalId, cases)];
    }),
  );
}

function resource(logicalId: string, cases: readonly Case[]): JsonObject {
  const condition = conditionOf(logicalId, cases);
  const present = cases.flatMap(({ answers, value }) => (isObject(value) ? [{ answers, value }] : []));
  const { Properties, ...attributes } = present[0]?.value ?? {};
  const differs = present.some(
    ({ value }) => !isSame({ ...value, Properties: null }, { ...present[0]?.value, Properties: null }),
  );
  // Of a resource's attributes only its properties take conditions.
  if (differs) throw new Error(`${logicalId} depends on the parameters outside of its properties.`);
  const properties = mergedCases(
    present.map(({ answers, value }) => ({ answers, value: comparable(asObject(value.Properties)) })),
  );
  return {
    ...attributes,
    ...(condition !== undefined && { Condition: condition }),
    ...(Properties !== undefined && { Properties: everyMarkReplaced(deployable(asObject(properties))) }),
  };
}

/** The definition as an object, so that two are compared state by state; a policy with a mark in a key as a text. */
function comparable(properties: JsonObject): JsonObject {
  const { DefinitionString, PolicyDocument } = properties;
  return {
    ...properties,
    ...(DefinitionString !== undefined && { DefinitionString: parsedJsonText(DefinitionString) }),
    ...(hasMarkedKey(PolicyDocument) && { PolicyDocument: jsonText(marked(PolicyDocument)) }),
  };
}

function deployable(properties: JsonObject): JsonObject {
  const { DefinitionString } = properties;
  return { ...properties, ...(DefinitionString !== undefined && { DefinitionString: jsonText(DefinitionString) }) };
}

function hasMarkedKey(value: Json | undefined): value is Json {
  return JSON.stringify(value ?? null, (key, member) => (key.includes('@@') ? 'marked key' : member)).includes(
    '"marked key"',
  );
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
