import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';

/**
 * DynamoDB's condition and update expressions, as far as a flat item with strings, numbers and booleans needs them: compiled
 * once for each text. What is beyond it is an error of the program, not an answer of the service.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */

/** What an expression is about. */
interface Scope {
  /** Undefined: there is none. */
  readonly item: JsonObject | undefined;
  /** ExpressionAttributeNames and ExpressionAttributeValues. */
  readonly names: JsonObject;
  readonly values: JsonObject;
}

export interface Compiled<Result> {
  readonly evaluate: (scope: Scope) => Result;
  /** The values that it names: `:now`. */
  readonly uses: ReadonlySet<string>;
}

export const conditionOf = compiledOnce((parser): Evaluate<boolean> => anyOf(parser));

/** Evaluates to the item as it is afterwards. */
export const updateOf = compiledOnce(updates);

type Evaluate<Result> = (scope: Scope) => Result;

function compiledOnce<Result>(parse: (parser: Parser) => Evaluate<Result>): (text: string) => Compiled<Result> {
  const known = new Map<string, Compiled<Result>>();
  return (text) => {
    const compiled = known.get(text) ?? compile(text, parse);
    known.set(text, compiled);
    return compiled;
  };
}

function compile<Result>(text: string, parse: (parser: Parser) => Evaluate<Result>): Compiled<Result> {
  const parser = new Parser(text);
  const evaluate = parse(parser);
  parser.expectEnd();
  return { evaluate, uses: parser.uses };
}

class Parser {
  readonly uses = new Set<string>();
  readonly #text: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/[:#]?\w+|<>|<=|>=|[^\s\w]/g) ?? [];
  }

  takes(...tokens: readonly string[]): boolean {
    const isNext = tokens.every(
      (token, index) => this.#tokens[this.#next + index]?.toUpperCase() === token.toUpperCase(),
    );
    if (isNext) this.#next += tokens.length;
    return isNext;
  }

  expect(token: string): void {
    if (!this.takes(token)) this.refuse();
  }

  expectEnd(): void {
    if (this.#next < this.#tokens.length) this.refuse();
  }

  token(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) return this.refuse();
    this.#next += 1;
    return token;
  }

  path(): Evaluate<string> {
    const token = this.token();
    if (token.startsWith('#')) return ({ names }) => String(names[token]);
    return /^[a-z_]\w*$/i.test(token) ? () => token : this.refuse();
  }

  operand(): Evaluate<JsonValue | undefined> {
    if (!this.#tokens[this.#next]?.startsWith(':')) {
      const path = this.path();
      return (scope) => scope.item?.[path(scope)];
    }
    const name = this.token();
    this.uses.add(name);
    return ({ values }) => values[name];
  }

  comparator(): (order: number) => boolean {
    const holds = comparators[this.#tokens[this.#next] ?? ''] ?? this.refuse();
    this.#next += 1;
    return holds;
  }

  refuse(): never {
    throw new Error(
      `The in-memory table does not know "${this.#tokens[this.#next] ?? 'the end'}" at this place in: ${this.#text}. ` +
        'Teach it (with rows in test/contract/dynamodb.ts), or use dynalite.',
    );
  }
}

function anyOf(parser: Parser): Evaluate<boolean> {
  const conditions = [allOf(parser)];
  while (parser.takes('OR')) conditions.push(allOf(parser));
  return (scope) => conditions.some((holds) => holds(scope));
}

function allOf(parser: Parser): Evaluate<boolean> {
  const conditions = [condition(parser)];
  while (parser.takes('AND')) conditions.push(condition(parser));
  return (scope) => conditions.every((holds) => holds(scope));
}

function condition(parser: Parser): Evaluate<boolean> {
  if (parser.takes('NOT')) {
    const holds = condition(parser);
    return (scope) => !holds(scope);
  }
  if (parser.takes('(')) return closed(parser, anyOf(parser));
  if (parser.takes('attribute_exists', '(')) return exists(closed(parser, parser.path()));
  if (parser.takes('attribute_not_exists', '(')) {
    const holds = exists(closed(parser, parser.path()));
    return (scope) => !holds(scope);
  }
  return comparison(parser);
}

function closed<T>(parser: Parser, inner: T): T {
  parser.expect(')');
  return inner;
}

function exists(path: Evaluate<string>): Evaluate<boolean> {
  return (scope) => scope.item?.[path(scope)] !== undefined;
}

function comparison(parser: Parser): Evaluate<boolean> {
  const left = parser.operand();
  if (parser.takes('IN', '(')) {
    const options = [parser.operand()];
    while (parser.takes(',')) options.push(parser.operand());
    return closed(parser, (scope) => options.some((option) => orderOf(left(scope), option(scope)) === 0));
  }
  const holds = parser.comparator();
  const right = parser.operand();
  return (scope) => holds(orderOf(left(scope), right(scope)));
}

/** By the order of two values: NaN where they are of different types, or one is missing. */
const comparators: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function orderOf(left: JsonValue | undefined, right: JsonValue | undefined): number {
  if (!isJsonObject(left) || !isJsonObject(right)) return Number.NaN;
  if (typeof left.N === 'string' && typeof right.N === 'string') return Number(left.N) - Number(right.N);
  if (typeof left.S === 'string' && typeof right.S === 'string') {
    return left.S === right.S ? 0 : left.S < right.S ? -1 : 1;
  }
  return typeof left.BOOL === 'boolean' && left.BOOL === right.BOOL ? 0 : Number.NaN;
}

function updates(parser: Parser): Evaluate<JsonObject> {
  const sets: { readonly path: Evaluate<string>; readonly value: Evaluate<JsonValue | undefined> }[] = [];
  const removes: Evaluate<string>[] = [];
  if (parser.takes('SET')) {
    do {
      const path = parser.path();
      parser.expect('=');
      sets.push({ path, value: assigned(parser) });
    } while (parser.takes(','));
  }
  if (parser.takes('REMOVE')) {
    do removes.push(parser.path());
    while (parser.takes(','));
  }
  return (scope) => {
    const item: JsonObject = { ...scope.item };
    for (const { path, value } of sets) item[path(scope)] = value(scope) ?? parser.refuse();
    for (const path of removes) delete item[path(scope)];
    return item;
  };
}

function assigned(parser: Parser): Evaluate<JsonValue | undefined> {
  if (!parser.takes('if_not_exists', '(')) return parser.operand();
  const path = parser.path();
  parser.expect(',');
  const otherwise = closed(parser, parser.operand());
  return (scope) => scope.item?.[path(scope)] ?? otherwise(scope);
}
