import { expect, test } from '@jest/globals';
import { functionSpecs } from '../../model/functions.ts';
import { outputKeys } from '../../model/outputs.ts';
import { logGroupOf } from '../../operations/logGroup.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();

test('make logs finds a separate log group for every function', () => {
  const names = Object.keys(functionSpecs);
  const groups = names.map(name => logGroupOf(template, name));
  expect(groups.map(group => template.Resources[group ?? '']?.Type)).toEqual(
    names.map(() => 'AWS::Logs::LogGroup'),
  );
  expect(new Set(groups).size).toBe(names.length);
});

test('make redrive finds the two dead-letter queues', () => {
  const queues = [outputKeys.eventDeadLetters, outputKeys.chatDeadLetters].map(key => {
    const value = template.Outputs[key]?.Value;
    const id = typeof value === 'object' && value !== null && 'Ref' in value ? String(value.Ref) : '';
    expect(template.Resources[id]?.Type).toBe('AWS::SQS::Queue');
    return id;
  });
  expect(new Set(queues).size).toBe(2);
});
