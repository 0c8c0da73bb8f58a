import { ivsEventPattern } from '../../model/eventPattern.ts';

export type EventMatcher = (event: unknown) => boolean;

/**
 * Makes a matcher of an event pattern
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html).
 *
 * @throws Error with the place of an unsupported rule. Only lists of exact strings are supported, so that
 * local mode never matches another event than EventBridge.
 */
export function compilePattern(pattern: unknown, path: readonly string[] = []): EventMatcher {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) throw unsupported(path, pattern);
  const fields = Object.entries(pattern).map(([name, rule]) => {
    const matches = Array.isArray(rule)
      ? compileLeaf(rule, [...path, name])
      : compilePattern(rule, [...path, name]);
    return { name, matches };
  });
  return event => isRecord(event) && fields.every(({ name, matches }) => matches(event[name]));
}

function compileLeaf(wanted: readonly unknown[], path: readonly string[]): EventMatcher {
  const texts = new Set(
    wanted.map(value => {
      if (typeof value !== 'string') throw unsupported(path, value);
      return value;
    }),
  );
  if (texts.size === 0) throw unsupported(path, wanted);
  const matches = (value: unknown) => typeof value === 'string' && texts.has(value);
  // A list in the event matches when one of its members matches.
  return value => (Array.isArray(value) ? value.some(matches) : matches(value));
}

function unsupported(path: readonly string[], value: unknown): Error {
  const place = path.join('.') || 'the pattern';
  return new Error(
    `${place}: local mode supports only lists of exact strings (got ${JSON.stringify(value)})`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The pattern of the stack's rule in EventBridge's format. CDK spells `detail-type` as `detailType`. */
export const ivsRule = {
  source: ivsEventPattern.source,
  'detail-type': ivsEventPattern.detailType,
};
