import { defaultConfig } from '../../functions/configuration/handler-config.ts';
import { memoryMegabytes } from '../../functions/shared/function-memory.ts';
import { restSeconds } from '../../simulator/judging/least-possible.ts';
import { scenarios as scenarioList } from '../../simulator/scenarios/scenarios.ts';
import { looks, secondsBetweenLooks } from '../../simulator/strategies/blog-2020.ts';
import { pythonMegabytes, secondsBeforeRetries } from '../../simulator/strategies/python-function.ts';
import { computeMilliseconds, initSeconds } from '../measures/bill.ts';
import { longestLaunchSeconds } from '../measures/outages.ts';
import { prices, pricesAsOf } from '../measures/prices.ts';
import type { Results, Row } from '../results.ts';
import { strategiesAndYardstick } from '../strategies/index.ts';
import { launchSeconds } from '../worlds/many-notices.ts';
import { groupsAtMaxSize, monthFacts } from '../worlds/month.ts';
import { settlingSeconds } from '../worlds/scenario-worlds.ts';
import type { Chart } from './charts.ts';
import { amount, count } from './format.ts';
import { actsBeforeTheNotice } from './least-possible.ts';
import { targetsOf } from './reach.ts';
import { arithmetic, balancedReading, pollingReading, savings, sensitivityReading } from './readings.ts';
import { markdownTable } from './table.ts';
import {
  balancedMonthTable,
  coldStartTable,
  costTable,
  loadTable,
  monthTable,
  pollingTable,
  priceTable,
  scaleTable,
  scenarioFigures,
  scenarioTable,
  sensitivityTable,
} from './tables.ts';

/** docs/benchmarks.md. */
export function benchmarksDocument(results: Results, charts: readonly Chart[]): string {
  const chart = (name: string) =>
    charts
      .filter((one) => one.name === name)
      .map(imageOf)
      .join('\n');
  const sections = [
    introduction(results),
    reach(results),
    comparedWith(results),
    leastPossibleText,
    `## The scenarios of \`npm start\`\n\n${scenarioNotes(results)}`,
    chart('lost-capacity'),
    chart('beyond-capacity'),
    ...scenarioFigures.map((figure) => {
      const table = scenarioTable(results, figure);
      return `### ${table.title}\n\n${markdownTable(table)}`;
    }),
    `## A month of a fleet\n\n${monthNotes(results)}`,
    markdownTable(monthTable(results)),
    monthReading,
    sensitivity(results, chart('sensitivity')),
    zones(results),
    price(results),
    costs(results),
    polling(results, chart('polling')),
    scale(results, chart('scale')),
    coldStart(results, chart('cold-start')),
    limits,
  ];
  return `${sections.join('\n\n')}\n`;
}

function introduction({ run }: Results): string {
  const { machine } = run;
  return `# Benchmarks

Generated from \`bench/results.json\` by \`${run.command}\`; do not edit. Seed ${run.seed}; ${machine.cpu}, ${machine.cores} cores,
${machine.memoryGigabytes} GB, ${machine.system}, Node.js ${machine.node}; it took ${count(run.realSeconds)} s.

Everything but the cold starts is simulated: the real workflow definition and the real functions on simulated Auto Scaling,
Elastic Load Balancing and DynamoDB, in virtual time. The same seed gives the same figures, to the last digit. What is
simulated is not AWS: the figures compare ways of handling a notice under the same conditions, they do not predict yours.`;
}

function reach(results: Results): string {
  const rows = targetsOf(results).map(({ target, reached, figures }) => [target, reached ? 'yes' : '**no**', figures]);
  return `## What was to be reached

| target | reached | figures |
| --- | --- | --- |
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

function comparedWith({ scenarios }: Results): string {
  const played = [...new Set(scenarios.filter(actsBeforeTheNotice).map(({ row }) => row))];
  return `## What is compared

Each strategy is a small file in \`simulator/strategies/\`, faithful to its source.

${markdownTable(
  {
    title: '',
    header: ['strategy', 'what it does with a notice', 'source'],
    rows: strategiesAndYardstick.map(({ name, does, source }) => [name, does, source]),
  },
  'text',
)}

The two Python functions have boto3's default retries. detach-now raises its errors, so that Lambda invokes it again after
${secondsBeforeRetries.join(' and ')} s; blog-2020 logs them. blog-2020's waiter looks every ${secondsBetweenLooks} s for at most ${secondsBetweenLooks * looks} s: a longer one would be in its way.

Capacity Rebalancing's documentation says that on the two-minute notice the group "calls the termination lifecycle hook and
attempts to launch a replacement immediately". It is played in both readings of that. In the first, \`capacity-rebalancing\`,
terminating begins with the load balancer deregistering the instance, at once. In the second and kinder one,
\`capacity-rebalancing, serving\`, the instance serves until its replacement is healthy or EC2 takes it, and the group knows
at once that EC2 has. Both depend on how early the recommendation comes, so the scenarios are played with both ends of that:
${played.join('; ')}.`;
}

const leastPossibleText = `## The least that can be lost

Beside every strategy stands the least capacity, in instance-seconds, that anybody can lose who acts on the same notices with
the same launches. It is computed for each group from its notices and from the stream of random launches that its control
loop draws from (\`simulator/judging/least-possible.ts\`). What binds everybody:

1. Nobody acts before the notice, and there is one launch for each interrupted instance: the n-th launch begins after the
   n-th notice.
2. Pending instances count against MaxSize. Where it leaves room for r instances, the n-th launch begins after n − r of the
   interrupted have left: at MaxSize everybody has to go before the replacement is launched.
3. A group that has had no notice for ${restSeconds / 60} minutes looks at what it has to launch one reaction time after the first one.
   Later in the same storm it may be about to look when something comes, so that its reaction is not counted any more.
4. Launches take what they take in that world, in their order, and health checks after them. A launch that failed is skipped,
   as if its retry took no time.
5. An instance has left its drain window (${defaultConfig.drainSeconds} s) before its reclaim, and serves nobody once it has
   left its group. Where the scenario's name ends in \`serving-on\` ours does, and so can lose less.

Everything else is granted: acting without a delay, and knowing how long a launch takes before it begins. Wherever that was
in doubt the figure is the lower one, so that it is a lower bound of what is possible. The schedule that loses least is simple:
everybody leaves when a replacement serves, and at the deadline where none does. To leave a second earlier costs a second, and
brings forward one launch by at most a second; what leaves earlier for that one loses nothing, and brings forward one launch
more. So no second is ever gained. \`without-delay\` plays that schedule in the simulation, which shows how close to the bound
one can come. Whoever has fewer instances noticed, since it acts on the recommendation, is compared with the bound of all
notices; it can lose less than that, as can whoever lets instances serve until EC2 takes them, without time to drain.`;

function scenarioNotes({ scenarios }: Results): string {
  const names = (rows: readonly Row[]) => [...new Set(rows.map(({ world }) => `\`${world}\``))].join(', ');
  const late = scenarios.filter(({ replacementInTime }) => !replacementInTime);
  const { requestsPerInstance, usualLoad } = monthFacts;
  const throttled = scenarioList.find(({ name }) => name === 'throttled');
  const throttledPercent = Math.round((throttled?.throttledShare ?? 0) * 100);
  return `Each with steady requests through the group's load balancer, ${usualLoad * 100} % of what its instances can answer, which is ${requestsPerInstance} a
second each, from the first recommendation or notice until ${settlingSeconds / 60} minutes after the last. The minimum is one serving instance.
In ${names(late)} no replacement can serve in time, whoever handles the notice; \`not-opted-in\` and
\`not-in-group\` are to be left alone. In \`throttled\` ${throttledPercent} % of the calls fail, and a raise that gets through late brings its
replacement late.`;
}

function monthNotes({ month, run }: Results): string {
  const f = monthFacts;
  const runs = month[0]?.runs ?? 0;
  const atMaxSize = Array.from({ length: runs }, (_, index) => groupsAtMaxSize(run.seed + index));
  const ofThem = atMaxSize.reduce((sum, groups) => sum + groups, 0);
  return `${f.groups} groups of ${f.smallestGroup} to ${f.largestGroup} instances (log-uniform), each at its MaxSize with a probability of ${f.shareAtMaxSize * 100} %, over ${f.zones.length} zones and
${f.instanceTypes.length} instance types: ${f.zones.length * f.instanceTypes.length} capacity pools. EC2 takes back capacity in each pool ${f.reclaimsPerPoolAndMonth} times a month on average (Poisson): mostly
${f.reclaimedShares[0].from * 100} to ${f.reclaimedShares[0].to * 100} % of the pool's instances, in ${f.reclaimedShares[1].probability * 100} % of the cases ${f.reclaimedShares[1].from * 100} to ${f.reclaimedShares[1].to * 100} %, in ${f.reclaimedShares[2].probability * 100} % all of them, within ${f.noticesWithinSeconds} s. That is several times
what Spot does on average, so that there is something to see. ${f.duplicateShare * 100} % of the notices come twice. ${f.recommendedWithNoticeShare * 100} % of the rebalance
recommendations come with the notice, the others up to ${f.recommendedAtMostSecondsBefore / 60} minutes before it. A launch takes ${f.launchMedianSeconds} s in the median
(log-normal, sigma ${f.launchSigma}), ${f.launchFailureShare * 100} % fail and are tried again; health checks take ${f.healthCheckSeconds} s, so that some replacements come too
late whatever is done. Deregistration delay ${f.deregistrationDelaySeconds} s. An instance can answer ${f.requestsPerInstance} requests a second and is asked for ${f.usualLoad * 100} % of
that; bursty traffic has ${f.burstSeconds / 60} minutes of ${f.burstLoad * 100} % in every hour. Drawn ${runs === 1 ? 'once' : `${runs} times, with as many seeds`}: ${runs * f.groups} groups in all,
of which ${ofThem} are at their MaxSize; seed ${run.seed}, which is played alone with other launches below, has ${atMaxSize[0] ?? 0} of them.`;
}

const monthReading = `How to read it:

- *Lost capacity*: instances that a group had before and that did not serve, for how long. *The least possible*: see above.
- *Requests beyond capacity* got an answer late or were refused, if no instance answers more than its ${monthFacts.requestsPerInstance} a second. *Requests
  failed* got none.
- *Overlap*: instance-hours in which a group had more instances than before, a replacement and the one that it replaces.
- Seconds below the minimum, one serving instance, are *preventable* unless the replacement took more than ${longestLaunchSeconds} s from its
  launch until it served, or its launch failed, or it was the only instance of a group at its MaxSize.
- Capacity Rebalancing has fewer instances noticed, since it has replaced some before their notice. A group has to choose: with
  Capacity Rebalancing it acts on the notice itself.
- blog-2020 has fewer instances noticed where it has scaled its groups in to two instances.`;

function sensitivity(results: Results, chart: string): string {
  return `## How long launches take

The same month with other launches, ${results.sensitivity[0]?.days ?? 0} days of seed ${results.run.seed}. In brackets: the multiple of the least possible.

${chart}

${markdownTable(sensitivityTable(results))}

${sensitivityReading(results)}`;
}

function zones(results: Results): string {
  return `## Availability Zones that are kept balanced

The months above are those of groups whose process AZRebalance is suspended. Here is the same month of seed ${results.run.seed} with it on: where
one zone has at least two instances more than another, the group launches in the emptier one and, once that instance has passed
its health checks, terminates one in the fuller. A replacement that is launched before the interrupted instance leaves is placed
while that one still counts in its zone; one that is launched afterwards goes to the zone that was left.

${markdownTable(balancedMonthTable(results))}

${balancedReading(results)}

Instances stand in other zones here, so that some of the notices are for others. And moves use up launches of the group's stream, so the
bound, which has the n-th launch follow the n-th notice, does not hold.`;
}

function price(results: Results): string {
  return `## The price of keeping capacity

What is saved is counted against detach-now, the cheapest that acts at all. Overlap is billed as any instance-hour is; it is not
in the cost, which is that of handling.

${markdownTable(priceTable(results))}

${savings(results)}`;
}

function costs(results: Results): string {
  const single = results.scenarios.find(({ world, row }) => world === 'single' && row === 'ours');
  return `## Cost

Public list prices of us-east-1 as of ${pricesAsOf}, without free tiers: a state transition $${(prices.stateTransition * 1000).toFixed(3)} per thousand; a Lambda
request $${amount(prices.lambdaRequest * 1e6)} per million; a gigabyte-second $${prices.lambdaGigabyteSecondArm} on arm64 (ours, ${memoryMegabytes} MB) and $${prices.lambdaGigabyteSecondX86} on x86 (the Python
functions, ${pythonMegabytes} MB); a DynamoDB write unit $${(prices.tableWrite * 1e6).toFixed(3)} and a read unit $${(prices.tableRead * 1e6).toFixed(3)} per million; logs $${amount(prices.logGigabyte)} per GB; X-Ray
traces $${amount(prices.trace * 1e6)} per million, all of them recorded, which is the most it can be. A function is billed for its time in the
simulation, ${computeMilliseconds} ms of computing, and the start of its environment (${initSeconds.node} s for Node.js, ${initSeconds.python} s for Python) the first time a
notice gets to it. Units of the table are those that DynamoDB reports for each call. EventBridge does not charge for AWS's own
events.

${markdownTable(costTable(results))}

${single ? arithmetic(single) : ''}

Not in it, since it does not depend on the number of interruptions: the CloudWatch metrics ($${amount(prices.metricMonth)} each a month, while they are
emitted), alarms ($${amount(prices.alarmMonth)} each) and the dashboard ($${prices.dashboardMonth}).`;
}

function polling(results: Results, chart: string): string {
  return `## Polling

A Standard workflow pays for the transitions of each poll. The only instance of a group, whose launch times are drawn as in the
month:

${chart}

${markdownTable(pollingTable(results))}

${pollingReading(results)}`;
}

function scale(results: Results, chart: string): string {
  return `## Scale

All notices in the same moment, in groups whose MaxSize has room for as many replacements; a launch takes ${launchSeconds} s.

${chart}

${markdownTable(scaleTable(results))}

${markdownTable(loadTable(results))}

Handled: from the notice to the end of the execution, in virtual seconds. Raised by at most: the most instances that a group had
beyond its size. A look is a DescribeAutoScalingGroups, on average from the first notice until the last instance has left. Units
are the read and write capacity units that the table's calls consumed, the most in any one second. Real time and memory are those of
the simulation, in a process of its own. Lambda's and the APIs' account limits are not simulated.`;
}

function coldStart({ coldStarts, ...results }: Results, chart: string): string {
  const { builtInsMilliseconds, emptyMilliseconds, pythonSkipped } = coldStarts;
  const python = pythonSkipped === undefined ? `, python3 ${amount(emptyMilliseconds.python ?? 0)} ms` : '';
  return `## Function cold start

Each variant in turn, so that whatever else the machine does meets all of them alike, with an environment like Lambda's.
*Process*: from starting it until the function is loaded. *Load*: the import alone, its clients made. *Plain*: the same source
with what esbuild does by itself for Node.js. *Python*: a module with boto3 clients for the same services.${pythonSkipped ? ` Skipped: ${pythonSkipped}.` : ''}

${chart}

${markdownTable(coldStartTable({ coldStarts, ...results }))}

An empty process takes: Node.js ${amount(emptyMilliseconds.node)} ms${python}. Of each load, ${amount(builtInsMilliseconds)} ms are Node.js's own https and crypto modules, which
no bundling can take away.`;
}

const limits = `## What this does not show

- Real Spot behaviour: how long launches take, how reclaims cluster and how early recommendations come is assumed, see above.
- Account limits and throttling, but for the scenario \`throttled\`, which throttles a share of them.
- Instances that warm up: one that is healthy answers at its full rate.
- What happens to requests that take longer than the draining lasts: a request takes one second here.
- detach-now asks EC2 for the instance's tags, which is counted as the call of Auto Scaling that tells its group.`;

function imageOf({ name, shows }: Chart): string {
  return `![${shows}](benchmarks/${name}.svg)`;
}
