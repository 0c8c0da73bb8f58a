import { describe, expect, test } from '@jest/globals';
import { announceFunction, announceSource } from '../../model/functions.ts';
import { tableNames, tables } from '../../model/tables.ts';
import { functionOf, functionsOf } from './support/functions.ts';
import { resolveString } from './support/resolve.ts';
import { getAtt, onlyResourceIn, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
const deadLetters = onlyResourceIn(template, 'Announcements', 'AWS::SQS::Queue');

describe('announcements', () => {
  test('come from the tables with a stream, and from no other', () => {
    const streamed = tableNames.filter(name => tables[name].stream);
    expect(streamed).toEqual(announceSource.tables);
    const granted = Object.entries(announceFunction.tables).filter(([, grant]) => 'stream' in grant);
    expect(granted.map(([name]) => name)).toEqual(announceSource.tables);
    const sources = mappings.map(({ EventSourceArn }) => resolveString(template, EventSourceArn));
    const withStream = resourcesOf(template, 'AWS::DynamoDB::GlobalTable')
      .filter(({ Properties }) => 'StreamSpecification' in Properties)
      .map(({ logicalId }) => logicalId);
    expect(sources.map(arn => /table\/(\w+)\/stream/.exec(arn)?.[1]).sort()).toEqual(withStream.sort());
    expect(withStream).toHaveLength(streamed.length);
  });

  test('are made from the row before and after each change', () => {
    const specifications = resourcesOf(template, 'AWS::DynamoDB::GlobalTable').flatMap(({ Properties }) =>
      'StreamSpecification' in Properties ? [Properties['StreamSpecification']] : [],
    );
    expect(specifications).toEqual(
      announceSource.tables.map(() => ({ StreamViewType: 'NEW_AND_OLD_IMAGES' })),
    );
  });

  test('miss no change, are repeated from the first one that failed, isolate it, and keep it as a dead letter', () => {
    const { logicalId } = functionOf(functionsOf(template), 'announce');
    expect(mappings).toHaveLength(announceSource.tables.length);
    for (const mapping of mappings)
      expect(mapping).toMatchObject({
        FunctionName: { Ref: logicalId },
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: announceSource.retryAttempts,
        MaximumRecordAgeInSeconds: announceSource.maxAgeMinutes * 60,
        ParallelizationFactor: announceSource.parallelBatches,
        DestinationConfig: { OnFailure: { Destination: getAtt(deadLetters.logicalId, 'Arn') } },
        FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: announceSource.eventNames }) }] },
      });
  });

  test('which fail are kept for 14 days, encrypted', () => {
    expect(deadLetters.Properties).toMatchObject({
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
  });
});
