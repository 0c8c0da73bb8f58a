/** Where a text stops being JSON. Lines and columns count from 1, as editors count them. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

const space = /[ \t\n\r]*/y;
// Any character but a quote, a backslash or a control character, or an escape.
const text = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

class FaultAt extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Finds the first place where `source` is not JSON; undefined when all of it is. Needed because `JSON.parse`
 * names a place in some of its messages only, and not in the same way in each version of Node.
 */
export function findJsonFault(source: string): JsonFault | undefined {
  try {
    const end = skip(source, value(source, skip(source, 0)));
    if (end < source.length) throw new FaultAt(end, 'nothing may come after the value');
    return undefined;
  } catch (error) {
    if (!(error instanceof FaultAt)) throw error;
    const before = source.slice(0, error.offset).split('\n');
    const problem = error.offset >= source.length ? 'the text ends too early' : error.message;
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, problem };
  }
}

/** Reads the value that begins at `at` and returns where it ends. */
function value(source: string, at: number): number {
  if (source[at] === '{') return list(source, at, '}', member);
  if (source[at] === '[') return list(source, at, ']', value);
  return match(text, source, at) ?? match(scalar, source, at) ?? fault(at, 'a value was expected');
}

function member(source: string, at: number): number {
  const name = match(text, source, at) ?? fault(at, 'a name in double quotes was expected');
  const colon = skip(source, name);
  if (source[colon] !== ':') fault(colon, 'a colon was expected');
  return value(source, skip(source, colon + 1));
}

function list(source: string, open: number, close: string, item: typeof value): number {
  let at = skip(source, open + 1);
  if (source[at] === close) return at + 1;
  for (;;) {
    at = skip(source, item(source, at));
    if (source[at] === close) return at + 1;
    if (source[at] !== ',') fault(at, `a comma or ${close} was expected`);
    at = skip(source, at + 1);
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
