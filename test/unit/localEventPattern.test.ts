import { describe, expect, test } from '@jest/globals';
import { compilePattern, ivsRule } from '../../local/eventBus/pattern.ts';
import { handledDetailTypes } from '../../model/eventPattern.ts';

const event = (overrides: object) => ({
  source: 'aws.ivs',
  'detail-type': 'IVS Stream State Change',
  resources: ['a', 'b'],
  detail: { event_name: 'Stream Start' },
  ...overrides,
});

describe('the rule of the stack', () => {
  const matches = compilePattern(ivsRule);

  test.each(handledDetailTypes)('matches %s', detailType => {
    expect(matches(event({ 'detail-type': detailType }))).toBe(true);
  });

  test('does not match CloudTrail events about IVS', () => {
    expect(matches(event({ 'detail-type': 'AWS API Call via CloudTrail' }))).toBe(false);
  });

  test('does not match another source', () => {
    expect(matches(event({ source: 'my.app' }))).toBe(false);
  });
});

describe('a pattern', () => {
  test('matches nested fields if all of them match', () => {
    const matches = compilePattern({ detail: { event_name: ['Stream Start', 'Stream End'], code: ['x'] } });
    expect(matches(event({ detail: { event_name: 'Stream End', code: 'x' } }))).toBe(true);
    expect(matches(event({ detail: { event_name: 'Stream End' } }))).toBe(false);
    expect(matches(event({ detail: 'Stream End' }))).toBe(false);
  });

  test('matches a list if one member matches', () => {
    expect(compilePattern({ resources: ['b'] })(event({}))).toBe(true);
    expect(compilePattern({ resources: ['c'] })(event({}))).toBe(false);
  });

  test.each([
    [{ source: [{ prefix: 'aws.' }] }, 'source'],
    [{ detail: { limit: [3] } }, 'detail.limit'],
    [{ detail: { code: [] } }, 'detail.code'],
    [{ source: 'aws.ivs' }, 'source'],
    [{ $or: [{ source: ['a'] }] }, '$or'],
    [{}, 'the pattern'],
  ])('with a rule that local mode does not support, %j, is refused with its place', (pattern, place) => {
    expect(() => compilePattern(pattern)).toThrow(`${place}: local mode supports`);
  });
});
