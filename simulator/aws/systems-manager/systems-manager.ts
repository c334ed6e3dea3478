import type { BackgroundTimers } from '../background-timers.ts';
import type { Ec2Instances } from '../ec2/ec2-instances.ts';
import { uuidFrom } from '../protocols/identifiers.ts';
import { ServiceError } from '../protocols/service-error.ts';

/** From SendCommand until the agent on the instance runs it, in seconds: the agent asks for commands all the time. */
const deliverySeconds = 1;

/** A Command document, as far as sending it matters. */
export interface CommandDocument {
  readonly name: string;
  /** The parameters that it takes, all of them optional. Default: none. */
  readonly parameters?: readonly string[];
}

export interface Command {
  readonly id: string;
  readonly documentName: string;
  readonly instanceIds: readonly string[];
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly sentAt: Date;
}

/** AWS Systems Manager Run Command: documents, and which instances it reaches. Every running instance has the agent by default. */
export class SystemsManager {
  /** What was sent, in order. */
  readonly commands: Command[] = [];
  readonly #instances: Ec2Instances;
  readonly #timers: BackgroundTimers;
  readonly #documents = new Map<string, CommandDocument>();
  readonly #withoutAgent = new Set<string>();
  readonly #onCommand: ((instanceId: string, command: Command) => void)[] = [];

  constructor(instances: Ec2Instances, timers: BackgroundTimers) {
    this.#instances = instances;
    this.#timers = timers;
  }

  createDocument(document: CommandDocument): void {
    this.#documents.set(document.name, document);
  }

  /** Commands do not reach the instance. */
  removeAgent(instanceId: string): void {
    this.#withoutAgent.add(instanceId);
  }

  /** Called when the agent of an instance begins to run a command. */
  onCommand(listener: (instanceId: string, command: Command) => void): void {
    this.#onCommand.push(listener);
  }

  /**
   * SendCommand. Refused as a whole, in this order: InvalidDocument, InvalidParameters, InvalidInstanceId.
   * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
   */
  send(documentName: string, instanceIds: readonly string[], parameters: Command['parameters']): Command {
    const document = this.#documents.get(documentName);
    if (!document) throw new ServiceError('InvalidDocument', `Document with name ${documentName} does not exist.`);
    const { parameters: taken = [] } = document;
    if (!Object.keys(parameters).every((name) => taken.includes(name)))
      throw new ServiceError('InvalidParameters', wrong);
    const isReached = (id: string) => this.#instances.isRunning(id) && !this.#withoutAgent.has(id);
    if (!instanceIds.every(isReached)) {
      throw new ServiceError('InvalidInstanceId', 'Instances not in a valid state for account 123456789012');
    }
    const id = uuidFrom(`command ${this.commands.length + 1}`);
    const command: Command = { id, documentName, instanceIds, parameters, sentAt: new Date() };
    this.commands.push(command);
    for (const instanceId of instanceIds) this.#timers.after(deliverySeconds, () => this.#run(instanceId, command));
    return command;
  }

  #run(instanceId: string, command: Command): void {
    if (!this.#instances.isRunning(instanceId)) return;
    for (const listener of this.#onCommand) listener(instanceId, command);
  }
}

const wrong =
  'You must specify values for all required parameters in the Systems Manager document. ' +
  'You can only supply values to parameters defined in the document.';
