import { describe, expect, test } from '@jest/globals';
import {
  encoderSchedule,
  pendingSchedule,
  rankingSchedule,
  reconcileSchedule,
  sweepSchedule,
} from '../../model/functions.ts';
import { functionOf, functionsOf } from './support/functions.ts';
import { getAtt, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();
const functions = functionsOf(template);

/** Every scheduled function, with its period in minutes. */
const schedules: readonly (readonly [string, number])[] = [
  ['reconcile', reconcileSchedule.everyMinutes],
  ['readEncoders', encoderSchedule.everyMinutes],
  ['rankChannels', rankingSchedule.everyMinutes],
  ['finishPending', pendingSchedule.everyMinutes],
  ['sweepResources', sweepSchedule.everyMinutes],
];

const rules = resourcesOf(template, 'AWS::Events::Rule').filter(
  ({ Properties }) => 'ScheduleExpression' in Properties,
);
const ruleOf = (logicalId: string) => {
  const [rule, ...others] = rules.filter(({ Properties }) =>
    JSON.stringify(Properties['Targets']).includes(JSON.stringify(getAtt(logicalId, 'Arn'))),
  );
  if (rule === undefined || others.length > 0) throw new Error(`not exactly one rule runs ${logicalId}`);
  return rule;
};

const rateOf = (minutes: number) =>
  minutes === 60 ? 'rate(1 hour)' : `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;

describe('schedules', () => {
  test('there is one for each scheduled function, and no other', () => {
    expect(rules).toHaveLength(schedules.length);
  });

  test.each(schedules)('%s runs every %d minutes', (service, minutes) => {
    expect(ruleOf(functionOf(functions, service).logicalId).Properties).toMatchObject({
      ScheduleExpression: rateOf(minutes),
      State: 'ENABLED',
    });
  });

  test.each(schedules)(
    'a run of %s does not overlap with the next one, and is not retried when it fails',
    (service, minutes) => {
      const { logicalId, Timeout } = functionOf(functions, service);
      const once = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: minutes * 60 };
      // The reconciler holds a lease, so a longer run makes the next one do nothing.
      if (service !== 'reconcile') expect(Timeout).toBeLessThan(minutes * 60);
      expect(Timeout).toBeLessThanOrEqual(15 * 60);
      const asynchronous = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').find(
        ({ Properties }) => JSON.stringify(Properties['FunctionName']) === JSON.stringify({ Ref: logicalId }),
      );
      expect(asynchronous?.Properties).toMatchObject(once);
      expect(ruleOf(logicalId).Properties['Targets']).toEqual([
        expect.objectContaining({ RetryPolicy: once }),
      ]);
    },
  );

  test.each<[string, { readonly budgetMs: number }]>([
    ['finishPending', pendingSchedule],
    ['sweepResources', sweepSchedule],
  ])('%s has enough time to finish after a slow call of IVS', (service, { budgetMs }) => {
    expect(functionOf(functions, service).Timeout * 1000).toBeGreaterThanOrEqual(budgetMs + 30_000);
  });

  test.each(schedules)('%s can be called by its own rule only', service => {
    const { logicalId } = functionOf(functions, service);
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission').filter(
      ({ Properties }) =>
        JSON.stringify(Properties['FunctionName']) === JSON.stringify(getAtt(logicalId, 'Arn')),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: getAtt(logicalId, 'Arn'),
        Principal: 'events.amazonaws.com',
        SourceArn: getAtt(ruleOf(logicalId).logicalId, 'Arn'),
      },
    ]);
  });
});
