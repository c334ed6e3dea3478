import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** Where a text is no JSON, and why. */
export interface JsonProblem {
  /** The characters that are wrong: from `offset`, at least one. */
  readonly offset: number;
  readonly length: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The first problem of a text that should be JSON; undefined where it is. */
export function jsonProblem(text: string): JsonProblem | undefined {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (!first) return undefined;
  const before = text.slice(0, first.offset).split('\n');
  return {
    offset: first.offset,
    length: Math.max(1, first.length),
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: messages[printParseErrorCode(first.error)] ?? 'this is not JSON',
  };
}

const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is neither a string in double quotes, nor a number, true, false or null',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a property name in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma is expected',
  CloseBraceExpected: 'a closing brace is expected',
  CloseBracketExpected: 'a closing bracket is expected',
  EndOfFileExpected: 'nothing more is expected here',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the string is not closed',
  UnexpectedEndOfNumber: 'the number ends too early',
  InvalidUnicode: 'this is no Unicode escape',
  InvalidEscapeCharacter: 'there is no such escape',
  InvalidCharacter: 'this character has to be escaped',
};
