import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, test } from 'vitest';
import { exampleStack } from './example-stack.ts';

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
