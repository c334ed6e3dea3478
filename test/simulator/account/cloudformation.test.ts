import { describe, expect, it } from 'vitest';
import { resourceOf } from '../../../simulator/account/cloudformation.ts';
import type { JsonValue } from '../../../simulator/json.ts';

const environment = { region: 'us-east-2', account: '123456789012' };

describe('synthesized template', () => {
  it.each<[string, JsonValue, string]>([
    ['a function’s ARN', { 'Fn::GetAtt': ['Work', 'Arn'] }, 'arn:aws:lambda:us-east-2:123456789012:function:Work'],
    ['a reference', { Ref: 'Table' }, 'Table'],
    ['a pseudo parameter', { Ref: 'AWS::Partition' }, 'aws'],
    ['a join', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':states']] }, 'arn:aws:states'],
    ['a substitution', { 'Fn::Sub': `\${AWS::Region}/\${Table}` }, 'us-east-2/Table'],
  ])('has %s resolved', (_, value, expected) => {
    expect(resolved(value)).toBe(expected);
  });

  it('is refused where it refers to what is not in it', () => {
    expect(() => resolved({ Ref: 'Missing' })).toThrow('refers to Missing, which is not among its resources');
  });

  it('is refused where it uses a function that is not known here', () => {
    expect(() => resolved({ 'Fn::Select': [0, []] })).toThrow('Fn::Select');
  });

  it('is refused where it has two of what there should be one of', () => {
    const machine = { Type: 'AWS::StepFunctions::StateMachine' };
    const template = { Resources: { One: machine, Two: machine } };
    expect(() => resourceOf(template, environment, machine.Type)).toThrow('has 2 resources of type');
  });
});

function resolved(value: JsonValue): JsonValue | undefined {
  const template = {
    Resources: {
      Thing: { Type: 'Test::Thing', Properties: { value } },
      Work: { Type: 'AWS::Lambda::Function' },
      Table: { Type: 'AWS::DynamoDB::Table' },
    },
  };
  return resourceOf(template, environment, 'Test::Thing').properties.value;
}
