import type { ApiCall, Fault } from '../../simulator/aws/index.ts';
import { isJsonObject, type JsonValue, objectAt } from '../../simulator/json.ts';
import { seededRandom } from '../../simulator/seeded-random.ts';
import type { FaultPlan, World } from './world.ts';

/** What is made to go wrong with a call. */
export interface Injected {
  readonly kind: Fault['kind'] | 'killed' | 'stopped';
  readonly service: ApiCall['service'] | 'states';
  readonly action: string;
  /** Whom it concerns, as far as the call says. */
  readonly autoScalingGroupName: string | undefined;
  readonly instanceId: string | undefined;
  /** The function that made the call, or is the call. */
  readonly functionName?: string | undefined;
}

/** The functions' SDK clients give up after that. */
const requestTimeoutSeconds = 2.5;

/** Decides about every call by the world's plans and its seed. Times are seconds since the world's beginning. */
export class FaultDice {
  readonly #world: World;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #invocations = new Map<string, number>();
  readonly #onInjected: (injected: Injected) => void;

  constructor(world: World, now: () => number, onInjected: (injected: Injected) => void) {
    this.#world = world;
    this.#random = seededRandom(world.seed);
    this.#now = now;
    this.#onInjected = onInjected;
  }

  intercept = (call: ApiCall): Fault | undefined => {
    const plan = this.#world.faults.find((candidate) => this.#strikes(candidate, call));
    if (!plan) return undefined;
    const fault = faultOf(plan.kind, this.#random());
    this.#onInjected({ kind: plan.kind, service: call.service, action: actionOf(call), ...concernedBy(call) });
    return fault;
  };

  killAfterCalls = (functionName: string, payload: JsonValue): number | undefined => {
    const invocation = (this.#invocations.get(functionName) ?? 0) + 1;
    this.#invocations.set(functionName, invocation);
    const plan = this.#world.kills.find((kill) => kill.functionName === functionName && kill.invocation === invocation);
    if (!plan) return undefined;
    this.#onInjected({ kind: 'killed', service: 'lambda', action: functionName, ...namesIn(payload) });
    return plan.afterCalls;
  };

  #strikes({ where, kind, share, fromSeconds, toSeconds }: FaultPlan, call: ApiCall): boolean {
    if (where !== call.service && where !== actionOf(call)) return false;
    if (!concerns(kind, call)) return false;
    const now = this.#now();
    if (now < fromSeconds || now >= (toSeconds ?? Number.POSITIVE_INFINITY)) return false;
    return this.#random() < share;
  }
}

/** Of Lambda: the function. */
function actionOf({ service, action, parameters }: ApiCall): string {
  return service === 'lambda' ? String(parameters.FunctionName) : action;
}

/** Only reads can be stale, and only Auto Scaling knows ResourceContention. */
function concerns(kind: Fault['kind'], { service, action }: ApiCall): boolean {
  if (kind === 'stale') return action.startsWith('Describe');
  return kind !== 'contention' || service === 'autoscaling';
}

function faultOf(kind: Fault['kind'], dice: number): Fault {
  if (kind === 'slow') return { kind, latencyMs: Math.round(100 + dice * 900) };
  if (kind === 'stale') return { kind, seconds: Math.round(dice * 3000) / 1000 };
  if (kind === 'timeout-before' || kind === 'timeout-after') return { kind, seconds: requestTimeoutSeconds };
  return { kind };
}

function concernedBy({ service, parameters }: ApiCall) {
  if (service === 'lambda') return namesIn(parameters.Payload);
  const group = parameters.AutoScalingGroupName ?? parameters['AutoScalingGroupNames.member.1'];
  const instance = parameters['InstanceIds.member.1'];
  return { autoScalingGroupName: text(group), instanceId: text(instance) };
}

/** The names in a function's payload, whichever function it is. */
export function namesIn(payload: unknown): Pick<Injected, 'autoScalingGroupName' | 'instanceId'> {
  const handling = isJsonObject(payload) && isJsonObject(payload.handling) ? payload.handling : payload;
  const interruption = objectAt(handling, 'interruption');
  const detail = objectAt(objectAt(payload, 'event'), 'detail');
  return {
    autoScalingGroupName: text(interruption.autoScalingGroupName),
    instanceId: text(interruption.instanceId ?? detail['instance-id']),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
