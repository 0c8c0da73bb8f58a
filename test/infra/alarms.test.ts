import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { functionSpecs, resourceFunctions } from '../../model/functions.ts';
import { metricNames, metrics, REVIEW_RULES_UNREAD, SERVICE_DIMENSION } from '../../model/metrics.ts';
import { functionsOf } from './support/functions.ts';
import { type CfnTemplate, onlyResource, resourcesOf } from './support/template.ts';
import { templateOf } from './support/templateOf.ts';

const template = templateOf();

const metric = z.object({
  Namespace: z.unknown(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});
type Metric = z.infer<typeof metric>;

const alarm = z.object({
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()),
  OKActions: z.array(z.unknown()),
  TreatMissingData: z.enum(['notBreaching', 'breaching', 'ignore']),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int(),
  Threshold: z.number(),
  ComparisonOperator: z.string(),
  Metrics: z
    .array(
      z.object({
        Expression: z.string().optional(),
        MetricStat: z.object({ Metric: metric }).optional(),
      }),
    )
    .optional(),
  MetricName: z.string().optional(),
  Namespace: z.unknown().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).optional(),
});

/** Every alarm, by the name of its construct. */
function alarmsOf(from: CfnTemplate) {
  return new Map(
    resourcesOf(from, 'AWS::CloudWatch::Alarm').map(({ logicalId, Properties }) => {
      // The construct's path without its slashes, and the eight digits that CDK adds.
      const name = logicalId.replace(/^Alarms/, '').slice(0, -8);
      return [name, alarm.parse(Properties)] as const;
    }),
  );
}
const alarms = alarmsOf(template);
const names = [...alarms.keys()];

/** The metrics of an alarm. */
function watchedBy(name: string): Metric[] {
  const found = alarms.get(name);
  if (found?.MetricName !== undefined) return [metric.parse(found)];
  return (found?.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
}

const dimensionOf = ({ Dimensions }: Metric, dimension: string) =>
  Dimensions.find(({ Name }) => Name === dimension)?.Value;

describe('the runbook', () => {
  const text = readFileSync('docs/runbook.md', 'utf8');
  const articles = [...text.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
  const parts = text.split(/^###? /m);

  test('has a section for each alarm, and no other', () => {
    expect([...articles].sort()).toEqual([...names].sort());
  });

  test.each(articles)('says for %s what it means, where to look and what to do', name => {
    const article = parts.find(part => part.startsWith(`${name}\n`)) ?? '';
    for (const heading of ['**Means:**', '**Look:**', '**Do:**']) expect(article).toContain(heading);
  });

  test.each(names)('is linked from the description of %s', name => {
    expect(alarms.get(name)?.AlarmDescription).toMatch(
      new RegExp(`docs/runbook\\.md#${name.toLowerCase()}$`),
    );
  });

  test('names only commands, functions and sections that exist', () => {
    const targets = new Set(
      [...readFileSync('Makefile', 'utf8').matchAll(/^(\w+):/gm)].map(([, target]) => target),
    );
    for (const [, target] of text.matchAll(/`(?:[A-Z_]+=\S+ )*make (\w+)/g))
      expect(targets).toContain(target);
    for (const [, fn = ''] of text.matchAll(/FN=(\w+)/g)) expect(Object.keys(functionSpecs)).toContain(fn);
    const anchors = articles.map(name => name.toLowerCase());
    for (const [, anchor] of text.matchAll(/\]\(#(\w+)\)/g)) expect(anchors).toContain(anchor);
  });
});

describe('alarms', () => {
  const topic = onlyResource(template, 'AWS::SNS::Topic');

  test.each(names)('%s notifies the topic when it starts and when it ends', name => {
    expect(alarms.get(name)).toMatchObject({
      AlarmActions: [{ Ref: topic.logicalId }],
      OKActions: [{ Ref: topic.logicalId }],
    });
  });

  test.each(names)('%s has no more metrics than CloudWatch allows', name => {
    expect(watchedBy(name).length).toBeGreaterThan(0);
    expect(watchedBy(name).length).toBeLessThanOrEqual(10);
  });

  test('missing data raises the alarm on silence only, and keeps the state of those on dead letters and stale sessions', () => {
    const by = (missing: string) =>
      names.filter(name => alarms.get(name)?.TreatMissingData === missing).sort();
    expect(by('breaching')).toEqual(['ReconciliationSilent']);
    expect(by('ignore')).toEqual([
      ...['AnnouncementDeadLetters', 'ChatDeadLetters', 'EventDeadLetters', 'StaleOpenSessions'],
    ]);
  });

  test('there is one for each queue', () => {
    const queues = resourcesOf(template, 'AWS::SQS::Queue').map(({ logicalId }) => logicalId);
    const watched = names
      .flatMap(watchedBy)
      .filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(found => Object(dimensionOf(found, 'QueueName'))['Fn::GetAtt']?.[0]);
    expect(watched.sort()).toEqual(queues.sort());
  });

  test("every function is watched: API functions by the API's responses, the deployment's by the deployment, the others by name", () => {
    const failures = names.flatMap(watchedBy).filter(({ MetricName }) => MetricName === 'Errors');
    const watched = functionsOf(template)
      .filter(({ logicalId }) =>
        failures.some(found => Object(dimensionOf(found, 'FunctionName')).Ref === logicalId),
      )
      .map(({ service }) => service);
    const apart = [...Object.keys(resourceFunctions), 'seedCategories'];
    expect(watched.sort()).toEqual(
      Object.keys(functionSpecs)
        .filter(name => !apart.includes(name))
        .sort(),
    );
    expect(
      watchedBy('ApiErrors')
        .map(({ MetricName }) => MetricName)
        .sort(),
    ).toEqual(['5xx', 'Count']);
  });

  const filtersFor = (reason: string) =>
    resourcesOf(template, 'AWS::Logs::MetricFilter')
      .map(({ Properties }) => Properties)
      .filter(({ FilterPattern }) => FilterPattern === `{ $.reason = "${reason}" }`);

  test('a used-up quota of IVS is counted in the log of every function that creates resources', () => {
    const filters = filtersFor('ivs-quota');
    const [counted] = watchedBy('IvsQuotaReached');
    const creating = Object.values(resourceFunctions).filter(spec => 'attachments' in spec);
    expect(filters).toHaveLength(creating.length);
    for (const filter of filters) {
      expect(filter).toMatchObject({
        MetricTransformations: [{ MetricName: counted?.MetricName, MetricNamespace: counted?.Namespace }],
      });
    }
  });

  test('a message that is refused because the rules of its room cannot be read counts as a failed review', () => {
    const filters = filtersFor(REVIEW_RULES_UNREAD);
    const moderateChat = functionsOf(template).find(({ service }) => service === 'moderateChat');
    expect(filters).toHaveLength(1);
    expect(filters[0]).toMatchObject({
      LogGroupName: { Ref: moderateChat?.LoggingConfig.LogGroup },
      MetricTransformations: [
        { MetricName: 'ReviewRulesUnread', MetricNamespace: 'UGC-dev', MetricValue: '1' },
      ],
    });
    const watched = watchedBy('ChatReviewFailing');
    expect(watched.map(({ MetricName }) => MetricName).sort()).toEqual([
      'Errors',
      'ReviewRulesUnread',
      'Throttles',
    ]);
    expect(watched.find(({ MetricName }) => MetricName === 'ReviewRulesUnread')?.Namespace).toBe('UGC-dev');
    expect(alarms.get('ChatReviewFailing')?.Metrics?.flatMap(({ Expression }) => Expression ?? [])).toEqual([
      'FILL(errors, 0) + FILL(throttles, 0) + FILL(unread, 0)',
    ]);
  });

  test('custom metrics have the namespace and dimension under which functions publish them', () => {
    const own = names
      .flatMap(watchedBy)
      .filter(({ MetricName }) => metricNames.some(known => known === MetricName));
    expect(own.length).toBeGreaterThan(0);
    for (const found of own) {
      const [spec] = Object.entries(metrics).flatMap(([key, value]) =>
        key === found.MetricName ? [value] : [],
      );
      expect(found.Namespace).toBe('UGC-dev');
      expect(spec?.services).toContain(dimensionOf(found, SERVICE_DIMENSION));
      expect(found.Dimensions).toHaveLength(1);
    }
    for (const { Environment } of functionsOf(template))
      expect(Environment.Variables['POWERTOOLS_METRICS_NAMESPACE']).toBe('UGC-dev');
  });

  test("with containers, the load balancer's metrics replace API Gateway's, and no alarm watches scaling", () => {
    const inContainers = alarmsOf(templateOf('fargate'));
    expect([...inContainers.keys()].sort()).toEqual([...names].sort());
    const text = JSON.stringify([...inContainers.values()]);
    expect(text).toContain('HTTPCode_Target_5XX_Count');
    expect(text).not.toMatch(/AWS\/ECS|AWS\/ApiGateway|CPUUtilization/);
  });
});

describe('the topic of alarms', () => {
  test('has the one subscriber that the deployment names, or none', () => {
    expect(resourcesOf(template, 'AWS::SNS::Subscription')).toEqual([]);
    expect(onlyResource(templateOf('extras'), 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'night@example.com',
    });
  });

  test("is encrypted with a key that this account's alarms may use, and accepts messages over TLS only", () => {
    const key = onlyResource(template, 'AWS::KMS::Key');
    expect(onlyResource(template, 'AWS::SNS::Topic').Properties['KmsMasterKeyId']).toEqual({
      'Fn::GetAtt': [key.logicalId, 'Arn'],
    });
    const ofAlarms = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': expect.anything() },
      },
    };
    expect(key.Properties).toMatchObject({
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: expect.arrayContaining([
          expect.objectContaining({ ...ofAlarms, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
        ]),
      },
    });
    expect(onlyResource(template, 'AWS::SNS::TopicPolicy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({ ...ofAlarms, Action: 'sns:Publish' }),
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('the dashboard', () => {
  const body = JSON.stringify(
    onlyResource(template, 'AWS::CloudWatch::Dashboard').Properties['DashboardBody'],
  );

  test('shows every alarm, every function and every custom metric', () => {
    for (const { logicalId } of resourcesOf(template, 'AWS::CloudWatch::Alarm'))
      expect(body).toContain(logicalId);
    for (const { logicalId } of functionsOf(template)) expect(body).toContain(logicalId);
    const shown = metricNames.filter(name => body.includes(`\\"${name}\\"`));
    expect(shown).toEqual(metricNames);
  });
});
