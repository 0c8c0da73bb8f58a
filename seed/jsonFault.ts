/** The first place where a text is not valid JSON. Lines and columns count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

const space = /[ \t\n\r]*/y;
// Any characters except quotes, backslashes and control characters.
const plain = /[ !#-[\]-\uffff]+/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

class FaultAt extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Finds the first place where `source` is not valid JSON. Only some messages of `JSON.parse` contain the
 * position, and their format depends on the version of Node.
 *
 * The open lists are in an array, because deep nesting would overflow the call stack. A string is matched in
 * parts for the same reason: a regular expression with an alternative inside a repetition also uses the
 * stack.
 *
 * @returns undefined when `source` is valid
 */
export function findJsonFault(source: string): JsonFault | undefined {
  try {
    const end = skip(source, value(source, skip(source, 0)));
    if (end < source.length) throw new FaultAt(end, 'unexpected text after the end of the value');
    return undefined;
  } catch (error) {
    if (!(error instanceof FaultAt)) throw error;
    const before = source.slice(0, error.offset).split('\n');
    const problem = error.offset >= source.length ? 'the text ends too early' : error.message;
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, problem };
  }
}

/** Returns the end offset of the value that begins at `start`. */
function value(source: string, start: number): number {
  /** The closing bracket of each open object and array. */
  const open: string[] = [];
  let at = start;
  for (;;) {
    const close = source[at] === '{' ? '}' : source[at] === '[' ? ']' : undefined;
    if (close === undefined) {
      at = text(source, at) ?? match(scalar, source, at) ?? fault(at, 'a value was expected');
    } else {
      const first = skip(source, at + 1);
      if (source[first] !== close) {
        open.push(close);
        at = itemOf(close, source, first);
        continue;
      }
      at = first + 1;
    }
    // A value has ended. Close every object and array that ends here.
    for (;;) {
      const outer = open.at(-1);
      if (outer === undefined) return at;
      at = skip(source, at);
      if (source[at] === outer) {
        open.pop();
        at += 1;
        continue;
      }
      if (source[at] !== ',') fault(at, `a comma or ${outer} was expected`);
      at = itemOf(outer, source, skip(source, at + 1));
      break;
    }
  }
}

/** Returns the offset of the item's value. In an object, a name and a colon precede the value. */
function itemOf(close: string, source: string, at: number): number {
  if (close === ']') return at;
  const colon = skip(source, text(source, at) ?? fault(at, 'a name in double quotes was expected'));
  if (source[colon] !== ':') fault(colon, 'a colon was expected');
  return skip(source, colon + 1);
}

/** Returns the end offset of the string that begins at `at`, or undefined when there is no valid string. */
function text(source: string, at: number): number | undefined {
  if (source[at] !== '"') return undefined;
  for (let end = at + 1; ; ) {
    if (source[end] === '"') return end + 1;
    const next = match(plain, source, end) ?? match(escaped, source, end);
    if (next === undefined) return undefined;
    end = next;
  }
}

const skip = (source: string, at: number): number => match(space, source, at) ?? at;

function match(pattern: RegExp, source: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}

function fault(offset: number, message: string): never {
  throw new FaultAt(offset, message);
}
