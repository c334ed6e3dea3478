import { parseServeArguments, type ServeOptions, UsageError } from './command-line.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { interceptOf, stage } from './scenarios/staging.ts';
import { SynthesisFailed, withSynthesizedApp } from './synthesize.ts';
import { untilStopped } from './until-stopped.ts';

const help = `Serves simulated EC2 Auto Scaling, Elastic Load Balancing and DynamoDB on one port of this computer, in real time.

npm run aws -- [options]
  --port N         default 4599; 0: any free port
  --scenario NAME  which group there is (default single; npm start -- --list lists them)
  --help           this

Until Ctrl-C.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseServeArguments(args);
    if (options.help) console.log(help);
    else await serve(options);
    return 0;
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof SynthesisFailed;
    console.error(isExpected ? error.message : error);
    return 2;
  }
}

/** The table is the one that the stack would have; nothing runs the functions here, so they are not bundled. */
async function serve({ scenario, port }: ServeOptions): Promise<void> {
  const stopped = untilStopped();
  const table = await withSynthesizedApp({ 'aws:cdk:bundling-stacks': [] }, async (app) => app.table);
  const intercept = interceptOf(scenario);
  const local = await start({ table, port, ...(intercept && { intercept }) });
  const { group } = stage(scenario, local.aws, 'i-1234567890abcdef0');
  console.log(instructions(local, group.name, table.tableName));
  await stopped;
  await local.close();
}

async function start(options: Parameters<typeof startLocalAws>[0]): Promise<LocalAws> {
  try {
    return await startLocalAws(options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new UsageError(`Port ${options.port} is in use already. Give another with --port, or 0 for any free one.`);
  }
}

function instructions({ endpoint, aws }: LocalAws, groupName: string, tableName: string): string {
  return [
    `Auto Scaling, Elastic Load Balancing and DynamoDB are served at ${endpoint} until Ctrl-C.`,
    '',
    `export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${aws.region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
    `aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names ${groupName}`,
    `aws elbv2 describe-target-health --target-group-arn ${aws.targetGroups[0]?.arn}`,
    `aws dynamodb scan --table-name ${tableName}`,
  ].join('\n');
}
