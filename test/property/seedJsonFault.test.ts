import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findJsonFault } from '../../seed/jsonFault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with some characters changed, which is usually no longer valid. */
const damaged = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:0123456789eE+-. \n\t\\utrfalsen\u0001')), {
      maxLength: 3,
    }),
  )
  .map(([text, changes]) =>
    changes.reduce((changed, [at, character]) => {
      const place = changed.length === 0 ? 0 : at % changed.length;
      return changed.slice(0, place) + character + changed.slice(place + 1);
    }, text),
  );

describe('the position of an error in JSON', () => {
  test('is found if and only if JSON.parse refuses the text', () => {
    fc.assert(
      fc.property(damaged, text => {
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is not before the end of a text that was cut off', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (text, cut) => {
        const part = text.slice(0, cut % text.length);
        const fault = findJsonFault(part);
        if (isJson(part)) expect(fault).toBeUndefined();
        else expect(fault).toMatchObject({ line: 1 });
      }),
    );
  });

  test.each([
    ['{"a":}', 1, 6],
    ['[1,\n 2,,3]', 2, 4],
    ['{a:1}', 1, 2],
    ['["a\nb"]', 1, 2],
    ['{"a":1}x', 1, 8],
    ['[01]', 1, 2],
    ['{"a" 1}', 1, 6],
    ['{"a":[1,{"b":2}', 1, 16],
    ['[[1],[2},3]', 1, 8],
    ['{"a":1,}', 1, 8],
    ['[1,]', 1, 4],
    ['"a\\q"', 1, 1],
  ])('in %j is line %i, column %i', (text, line, column) => {
    expect(findJsonFault(text)).toMatchObject({ line, column });
  });
});
