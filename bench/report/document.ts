import { initSeconds } from '../measures/bill.ts';
import { prices, pricesAsOf } from '../measures/prices.ts';
import type { Results, Row } from '../results.ts';
import { strategies } from '../strategies/index.ts';
import { monthFacts } from '../worlds/month.ts';
import type { Chart } from './charts.ts';
import { amount, count, dollars } from './format.ts';
import { targetsOf } from './reach.ts';
import { markdownTable } from './table.ts';
import {
  coldStartTable,
  costTable,
  monthTable,
  pollingTable,
  scaleTable,
  scenarioFigures,
  scenarioTable,
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
    comparedWith,
    `## The scenarios of \`npm start\`\n\n${scenarioNotes}`,
    chart('failed-requests'),
    chart('lost-capacity'),
    ...scenarioFigures.map(([title, figure]) => {
      const table = scenarioTable(results, title, figure);
      return `### ${table.title}\n\n${markdownTable(table)}`;
    }),
    `## A month of a fleet\n\n${monthNotes(results)}`,
    markdownTable(monthTable(results)),
    monthReading,
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

const comparedWith = `## What is compared

Each strategy is a small file in \`bench/strategies/\`, faithful to its source.

${markdownTable(
  {
    title: '',
    header: ['strategy', 'what it does with a notice', 'source'],
    rows: strategies.map(({ name, does, source }) => [name, does, source]),
  },
  'text',
)}

The two Python functions have boto3's default retries. detach-now raises its errors, so that Lambda invokes it again after one
and two minutes; blog-2020 logs them. blog-2020's waiter looks every 15 s for at most 90 s: a longer one would be in its way.
Capacity Rebalancing depends on how early the recommendation comes, so the scenarios are played with both: with the notice,
where its documentation has the group begin to terminate the instance and launch its replacement at once, and five minutes
before it.`;

const scenarioNotes = `Each with ten requests a second through the group's load balancer, counted one by one from the first
recommendation or notice until seven minutes after the last. The minimum is one serving instance. A deregistration delay of
30 s, health checks that take 10 s, and a launch of 40 s unless the scenario says otherwise. In \`slow-launch\`, \`no-capacity\`
and \`at-max\` no replacement can serve in time, whoever handles the notice; \`not-opted-in\` and \`not-in-group\` are to be left
alone. In \`throttled\` every third call fails, and a raise that gets through late brings its replacement late.`;

function monthNotes({ month }: Results): string {
  const f = monthFacts;
  const runs = month[0]?.runs ?? 0;
  return `${f.groups} groups of ${f.smallestGroup} to ${f.largestGroup} instances (log-uniform), ${f.shareAtMaxSize * 100} % of them at their MaxSize, over ${f.zones.length} zones and
${f.instanceTypes.length} instance types: ${f.zones.length * f.instanceTypes.length} capacity pools. EC2 takes back capacity in each pool ${f.reclaimsPerPoolAndMonth} times a month on average (Poisson): mostly
${f.reclaimedShares[0].from * 100} to ${f.reclaimedShares[0].to * 100} % of the pool's instances, in ${f.reclaimedShares[1].probability * 100} % of the cases ${f.reclaimedShares[1].from * 100} to ${f.reclaimedShares[1].to * 100} %, in ${f.reclaimedShares[2].probability * 100} % all of them, within ${f.noticesWithinSeconds} s. That is several times
what Spot does on average, so that there is something to see. ${f.duplicateShare * 100} % of the notices come twice. ${f.recommendedWithNoticeShare * 100} % of the rebalance
recommendations come with the notice, the others up to ${f.recommendedAtMostSecondsBefore / 60} minutes before it. A launch takes ${f.launchMedianSeconds} s in the median
(log-normal, sigma ${f.launchSigma}), ${f.launchFailureShare * 100} % fail and are tried again; health checks take ${f.healthCheckSeconds} s, so that some replacements come too
late whatever is done. Deregistration delay ${f.deregistrationDelaySeconds} s. An instance can answer ${f.requestsPerInstance} requests a second and is asked for ${f.usualLoad * 100} % of
that; bursty traffic has ten minutes of ${f.burstLoad * 100} % in every hour. Drawn ${runs === 1 ? 'once' : `${runs} times, with as many seeds, and added up`}: ${runs * f.groups} groups in all.`;
}

const monthReading = `How to read it:

- Seconds below the minimum are *preventable* unless the replacement took more than 84 s from its launch until it served, or its
  launch failed, or it was the only instance of a group at its MaxSize: then nobody who acts on the notice can help.
- *Requests failed* got no answer. *Beyond capacity* got one late or were refused, if no instance answers more than its
  ${monthFacts.requestsPerInstance} a second. \`minServingPeers\` is a floor, not a capacity: with its default of 1, an instance of a
  large group leaves at once, as soon as one peer serves, and its group runs short until the replacement has come. The last
  column shows what a higher floor keeps.
- Capacity Rebalancing has fewer instances noticed, since it has replaced some before their notice. Where the recommendation
  comes early it loses less capacity than anybody who waits for the notice; where it comes with the notice it is detach-now.
  A group has to choose: with Capacity Rebalancing it begins to terminate the instance itself on the notice, and the handler
  leaves alone what is leaving already.
- blog-2020 has fewer instances noticed, since it has scaled its groups in to two instances.`;

function costs(results: Results): string {
  const single = results.scenarios.find(({ world, row }) => world === 'single' && row === 'ours');
  const month = (row: string) => results.month.find((one) => one.row === row);
  return `## Cost

Public list prices of us-east-1 as of ${pricesAsOf}, without free tiers: a state transition $${(prices.stateTransition * 1000).toFixed(3)} per thousand; a Lambda
request $0.20 per million; a gigabyte-second $${prices.lambdaGigabyteSecondArm} on arm64 (ours, 512 MB) and $${prices.lambdaGigabyteSecondX86} on x86 (the Python
functions, 128 MB); a DynamoDB write $0.625 per million and a strongly consistent read of 4 KB $0.125 per million; logs $0.50 per
GB; X-Ray traces $5 per million, all of them recorded, which is the most it can be. A function is billed for its time in the
simulation, 15 ms of computing, and the start of its environment (${initSeconds.node} s for Node.js, ${initSeconds.python} s for Python) the first time a
notice gets to it. EventBridge does not charge for AWS's own events.

${markdownTable(costTable(results))}

${single ? arithmetic(single) : ''}

Not in it, since it does not depend on the number of interruptions: the CloudWatch metrics ($0.30 each a month, while they are
emitted), alarms ($0.10 each) and the dashboard ($3).

### What the difference buys

${difference(month('ours'), month('blog-2020'), month('detach-now'))}`;
}

/** How one row's cost comes about. */
function arithmetic({ usage, notices, costPerThousandNotices: cost }: Row): string {
  const each = (value: number) => amount(value / notices);
  return `For example \`single\`: ${each(usage.stateTransitions)} transitions × $0.025 = ${dollars(cost.stateTransitions)} per thousand; ${each(usage.invocations)} invocations and ${each(usage.gigabyteSecondsArm)} GB-seconds
= ${dollars(cost.functions)}; ${each(usage.tableWrites)} writes and ${each(usage.tableReads)} reads = ${dollars(cost.table)}; ${each(usage.logBytes / 1000)} KB of logs and ${each(usage.traces)} traces = ${dollars(cost.logsAndTraces)}.`;
}

function difference(ours: Row | undefined, blog: Row | undefined, detachNow: Row | undefined): string {
  if (!ours || !blog || !detachNow) return '';
  const perMonth = (row: Row, value: number) => value / row.runs;
  const price = (row: Row) => dollars(row.costPerThousandNotices.total);
  const monthly = (row: Row) => dollars(perMonth(row, (row.costPerThousandNotices.total * row.notices) / 1000));
  return `In the month above a thousand interruptions cost ${price(ours)} with the handler, ${price(blog)} with blog-2020 and ${price(detachNow)} with
detach-now; that is ${monthly(ours)}, ${monthly(blog)} and ${monthly(detachNow)} a month for the whole fleet. For it, the handler had
${amount(perMonth(ours, ours.capacity.secondsBelowMinimum))} s a month with too few instances serving, against ${amount(perMonth(blog, blog.capacity.secondsBelowMinimum))} s and ${amount(perMonth(detachNow, detachNow.capacity.secondsBelowMinimum))} s, and left every group at the size it
had, where blog-2020 left ${count(perMonth(blog, blog.drift.groups))} of ${monthFacts.groups} groups at a wrong one: ${count(perMonth(blog, blog.capacity.lostInstanceSeconds / 3600))} instance-hours a month were missing, and nobody had
asked for that. detach-now is the cheapest of all, and as good as the handler wherever enough peers serve; where a whole group
is noticed at once, which is what happens to small groups and to groups in one pool, it has nobody left to serve.`;
}

function polling(results: Results, chart: string): string {
  return `## Polling

A Standard workflow pays for each poll: three transitions. The handler looks every \`pollSeconds\`, and three times as slowly while
the missing peers are still being launched: once InService they have to pass their health checks, which takes them about as
long, so that nothing is seen later for it. A group of one whose launch times are drawn as in the month:

${chart}

${markdownTable(pollingTable(results))}

The seconds below the minimum are those of launches that came too late, and the same for all. Below 4 s a poll costs more and brings
a second or so; above 6 s an instance starts to leave later than it could, and has less time to drain in.`;
}

function scale(results: Results, chart: string): string {
  return `## Scale

All notices in the same moment. Where half of each group is noticed, the other half serves. Where all of it is, one raise by one
instance is made for the whole group, and everybody waits for that one.

${chart}

${markdownTable(scaleTable(results))}

Handled: from the notice to the end of the execution, in virtual seconds. Real time and memory are those of the simulation, in a
process of its own. Lambda's and the APIs' account limits are not simulated: ten thousand executions at once need a quota for
them. An answer of DescribeAutoScalingGroups grows with its group, which is where the time goes with groups of a thousand.`;
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
- Account limits and throttling, but for the scenario \`throttled\`, in which a third of all calls is throttled.
- Instances that warm up: one that is healthy answers at its full rate.
- What happens to requests that take longer than the draining lasts: a request takes one second here.
- detach-now asks EC2 for the instance's tags, which is counted as the call of Auto Scaling that tells its group.`;

function imageOf({ name, shows }: Chart): string {
  return `![${shows}](benchmarks/${name}.svg)`;
}
