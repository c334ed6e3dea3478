import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { exampleStack, faultInjectionStack } from './example-stack.ts';
import { allowedTo } from './synthesis.ts';

describe('the example web service', () => {
  const template = Template.fromStack(exampleStack());

  test('has its group handled by its tag', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      Tags: [{ Key: 'spot-interruption-handler', Value: 'yes', PropagateAtLaunch: true }],
    });
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: { GROUP_TAG: 'spot-interruption-handler=yes' } },
    });
  });

  test('runs on Spot Instances of several pools', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      MixedInstancesPolicy: {
        InstancesDistribution: {
          OnDemandPercentageAboveBaseCapacity: 0,
          SpotAllocationStrategy: 'price-capacity-optimized',
        },
      },
    });
  });

  test('drains for no longer than the handler leaves before the reclaim', () => {
    const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '30' };
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([delay]),
    });
    template.allResourcesProperties('AWS::Lambda::Function', { Environment: { Variables: { DRAIN_SECONDS: '30' } } });
  });
});

describe('the example with fault injection', () => {
  const template = Template.fromStack(faultInjectionStack());

  test('is the web service, handled by its tag', () => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      Tags: Match.arrayWith([{ Key: 'spot-interruption-handler', Value: 'yes', PropagateAtLaunch: true }]),
    });
  });

  test('lets FIS interrupt the instances of its group and of no other', () => {
    expect(allowedTo(template, 'ExperimentRole')).toEqual([
      'ec2:DescribeInstances on *',
      expect.stringMatching(
        /^ec2:SendSpotInstanceInterruptions on arn:\S+:ec2:eu-west-1:123456789012:instance\/\* if \{"StringEquals":\{"aws:ResourceTag\/aws:autoscaling:groupName":\{"Ref":"Group\w+"\}\}\}$/,
      ),
    ]);
  });

  test('lets nobody assume the role but FIS, for experiments of this account', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'fis.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' }, ArnLike: Match.anyValue() },
          },
        ],
      },
    });
  });

  test('sends the notice at once, and stops where requests fail', () => {
    template.hasResourceProperties('AWS::FIS::ExperimentTemplate', {
      Actions: { Interrupt: { Parameters: { durationBeforeInterruption: 'PT2M' } } },
      StopConditions: [{ Source: 'aws:cloudwatch:alarm', Value: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } }],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'HTTPCode_ELB_5XX_Count', Threshold: 1 });
  });

  test('interrupts as many instances as it is told to', () => {
    Template.fromStack(faultInjectionStack({ interruptedInstances: 2 })).hasResourceProperties(
      'AWS::FIS::ExperimentTemplate',
      { Targets: { Instances: { SelectionMode: 'COUNT(2)' } } },
    );
  });

  test.each([0, 6, 1.5])('refuses to interrupt %s instances', (interruptedInstances) => {
    expect(() => faultInjectionStack({ interruptedInstances })).toThrow(
      `interruptedInstances is ${interruptedInstances}, but has to be a whole number from 1 to 5.`,
    );
  });
});
