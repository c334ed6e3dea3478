import { Aws, CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { consoleDomains, defaultConsoleDomain } from './console-domains.ts';

/** The Step Functions console of the stack's region and partition, to which the fragment (`#/…`) of a page is to be added. */
export function stepFunctionsConsole(scope: Construct): string {
  const { region } = Stack.of(scope);
  const domain = Token.isUnresolved(region) ? ConsoleDomain.of(scope).domain : domainOf(region);
  return `https://${region}.${domain}/states/home?region=${region}`;
}

function domainOf(region: string): string {
  return consoleDomains[RegionInfo.get(region).partition ?? ''] ?? defaultConsoleDomain;
}

/** Not the class's name, which a bundler may change. */
const consoleDomainId = 'ConsoleDomain';

/** One template for every region does not know its partition: CloudFormation does. One for each stack. */
class ConsoleDomain extends Construct {
  readonly domain: string;

  static of(scope: Construct): ConsoleDomain {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(consoleDomainId);
    return existing instanceof ConsoleDomain ? existing : new ConsoleDomain(stack, consoleDomainId);
  }

  private constructor(stack: Stack, id: string) {
    super(stack, id);
    this.domain = Object.entries(consoleDomains).reduce((otherwise, [partition, domain]) => {
      const isThere = new CfnCondition(this, partition, { expression: Fn.conditionEquals(Aws.PARTITION, partition) });
      return Fn.conditionIf(isThere.logicalId, domain, otherwise).toString();
    }, defaultConsoleDomain);
  }
}
