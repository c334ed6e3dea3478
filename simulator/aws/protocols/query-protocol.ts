import { constraintMessage, type ServiceError, validationError } from './service-error.ts';

/** The AWS Query protocol: parameters as form fields, answers and errors as XML. */

/**
 * The parameters of a call, each read once. An action reads all of its own, and then calls `refuseOthers`, before it
 * does anything. Ill-formed, missing and unknown parameters are a ValidationError.
 */
export class QueryParameters {
  readonly #fields: ReadonlyMap<string, string>;
  readonly #read = new Set(['Action', 'Version']);

  constructor(fields: ReadonlyMap<string, string>) {
    this.#fields = fields;
  }

  string(name: string): string | undefined {
    this.#read.add(name);
    const value = this.#fields.get(name);
    if (value === '') throw constraintError(name, value, 'Member must have length greater than or equal to 1');
    return value;
  }

  requiredString(name: string): string {
    return this.string(name) ?? refuseMissing(name);
  }

  integer(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(text)) throw validationError(`Value (${text}) for parameter ${name} is not an integer.`);
    const value = Number(text);
    if (value < min) throw constraintError(name, text, `Member must have value greater than or equal to ${min}`);
    if (value > max) throw constraintError(name, text, `Member must have value less than or equal to ${max}`);
    return value;
  }

  requiredInteger(name: string, range: { readonly min: number; readonly max: number }): number {
    return this.integer(name, range) ?? refuseMissing(name);
  }

  boolean(name: string): boolean | undefined {
    const text = this.string(name);
    if (text === undefined || text === 'true' || text === 'false')
      return text === undefined ? undefined : text === 'true';
    throw validationError(`Value (${text}) for parameter ${name} is not a boolean.`);
  }

  requiredBoolean(name: string): boolean {
    return this.boolean(name) ?? refuseMissing(name);
  }

  /** `Name.member.1`, `Name.member.2`, … An empty list is sent as `Name=`. */
  list(name: string): readonly string[] {
    this.#acceptEmptyList(name);
    return this.#indices(name).map((index) => this.requiredString(`${name}.member.${index}`));
  }

  /** `Name.member.1.Field`, …: reads each member with a view of the parameters below it. */
  structures<T>(name: string, read: (member: MemberReader) => T): readonly T[] {
    this.#acceptEmptyList(name);
    return this.#indices(name).map((index) => {
      const prefix = `${name}.member.${index}.`;
      return read({
        string: (field) => this.string(prefix + field),
        requiredString: (field) => this.requiredString(prefix + field),
        integer: (field, range) => this.integer(prefix + field, range),
        list: (field) => this.list(prefix + field),
      });
    });
  }

  refuseOthers(): void {
    const unknown = [...this.#fields.keys()].filter((name) => !this.#read.has(name));
    if (unknown.length > 0) throw validationError(`Unknown parameter: ${unknown.join(', ')}`);
  }

  #acceptEmptyList(name: string): void {
    if (this.#fields.get(name) === '') this.#read.add(name);
  }

  #indices(name: string): readonly number[] {
    const prefix = `${name}.member.`;
    const indices = [...this.#fields.keys()]
      .filter((field) => field.startsWith(prefix))
      .map((field) => Number.parseInt(field.slice(prefix.length), 10))
      .filter((index) => index >= 1);
    return [...new Set(indices)].toSorted((a, b) => a - b);
  }
}

export type MemberReader = Pick<QueryParameters, 'string' | 'requiredString' | 'integer' | 'list'>;

/** Parses an `application/x-www-form-urlencoded` body. */
export function parseForm(body: string): ReadonlyMap<string, string> {
  return new Map(new URLSearchParams(body));
}

/** What an answer's XML is made of: arrays become `<member>`s, dates ISO 8601, undefined is left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue | undefined };

/** `<ActionResponse>` with `<ActionResult>` (where the action has one) and `<ResponseMetadata>`. */
export function answerXml(
  action: string,
  answer: { readonly namespace: string; readonly requestId: string; readonly result: XmlValue | undefined },
): string {
  const body = {
    [`${action}Result`]: answer.result,
    ResponseMetadata: { RequestId: answer.requestId },
  };
  return documentXml(`${action}Response`, answer.namespace, body);
}

export function errorXml(
  error: ServiceError,
  answer: { readonly namespace: string; readonly requestId: string },
): string {
  return documentXml('ErrorResponse', answer.namespace, {
    Error: { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message },
    RequestId: answer.requestId,
  });
}

function documentXml(root: string, namespace: string, body: { readonly [name: string]: XmlValue | undefined }): string {
  return `<${root} xmlns="${escaped(namespace)}">${xmlOf(body)}</${root}>`;
}

/** Written by hand: the XML builders at hand take longer for an answer than all else that a call does. */
function xmlOf(value: XmlValue): string {
  if (typeof value === 'string') return escaped(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return value.map((member) => `<member>${xmlOf(member)}</member>`).join('');
  let xml = '';
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) xml += `<${name}>${xmlOf(member)}</${name}>`;
  }
  return xml;
}

function escaped(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => entities[character] ?? character) : text;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Array.isArray does not narrow readonly arrays. */
function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function refuseMissing(name: string): never {
  throw constraintError(name, undefined, 'Member must not be null');
}

function constraintError(name: string, value: string | undefined, constraint: string): ServiceError {
  return validationError(constraintMessage(name, value, constraint));
}
