/** An error that a service answers with, as its Query protocol carries it. */
export class ServiceError extends Error {
  readonly code: string;
  /** HTTP status: below 500 blames the caller (`Sender`), 500 the service (`Receiver`). */
  readonly status: 400 | 404 | 500;

  constructor(code: string, message: string, status: 400 | 404 | 500 = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** What is wrong with a parameter, as the services word it. Undefined: the parameter is missing. */
export function constraintMessage(name: string, value: string | number | undefined, constraint: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const shown = value === undefined ? 'null' : `'${value}'`;
  return `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`;
}
