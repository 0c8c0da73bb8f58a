import { PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { documentClient } from '../../store/database.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { brokenRule } from '../support/dynamoRules.ts';

const of = (TableName: string, IndexName: string, KeyConditionExpression: string, more: object = {}) => ({
  TableName: `test-${TableName}`,
  IndexName,
  KeyConditionExpression,
  ExpressionAttributeValues: { ':hash': 'h', ':a': 'b', ':z': 'y' },
  ...more,
});
const messages = (condition: string, id: string, more: object = {}) => ({
  TableName: 'test-chatMessages',
  KeyConditionExpression: condition,
  ExpressionAttributeValues: { ':hash': 'h', ':a': 'b', ':z': 'y' },
  ExclusiveStartKey: { chatRoomId: 'h', id },
  ...more,
});
const follows = { userId: 'h', channelId: 'c' };

describe('a query breaks a rule of DynamoDB', () => {
  test.each<[string, object, string]>([
    [
      'that projects an attribute which a keys-only index does not have',
      of('users', 'seededIndex', 'seedShard = :hash', { ProjectionExpression: 'id, seedRun, passwordHash' }),
      'seededIndex does not project passwordHash',
    ],
    [
      'that projects an attribute which an index of some attributes does not have',
      of('channels', 'usernameIndex', 'usernameKey = :hash', {
        ProjectionExpression: 'title, #key',
        ExpressionAttributeNames: { '#key': 'streamKey' },
      }),
      'usernameIndex does not project streamKey',
    ],
    [
      'with a projection for which DynamoDB would read the table behind a local index',
      of('streams', 'vodIndex', 'channelId = :hash', { ProjectionExpression: 'title, evidence.health[0]' }),
      'vodIndex does not project evidence',
    ],
    [
      'in a table of a stack',
      {
        ...of('', 'usernameIndex', 'usernameKey = :hash', { ProjectionExpression: 'streamKey' }),
        TableName: 'UGC-dev-ChannelsTable-1A2B3C4D',
      },
      'usernameIndex does not project streamKey',
    ],
    [
      'that filters by an attribute which the index does not have',
      of('streams', 'isOpenIndex', 'isOpen = :hash', {
        FilterExpression: 'attribute_exists(username) AND NOT (isHealthy = :a)',
      }),
      'isOpenIndex does not project isHealthy',
    ],
    [
      'that selects all attributes of an index with only some',
      of('streams', 'vodIndex', 'channelId = :hash', { Select: 'ALL_ATTRIBUTES' }),
      'vodIndex does not project all attributes',
    ],
    [
      'that starts in another partition',
      messages('chatRoomId = :hash', 'x', { ExclusiveStartKey: { chatRoomId: 'other', id: 'x' } }),
      'ExclusiveStartKey is not one that chatRoomId = :hash holds for',
    ],
    [
      'that starts in another partition, with the plain client and other names',
      {
        TableName: 'test-chatMessages',
        KeyConditionExpression: '#room = :hash',
        ExpressionAttributeNames: { '#room': 'chatRoomId' },
        ExpressionAttributeValues: { ':hash': { S: 'h' } },
        ExclusiveStartKey: { chatRoomId: { S: 'other' }, id: { S: 'x' } },
      },
      'ExclusiveStartKey is not one that #room = :hash holds for',
    ],
    [
      'that starts before its range',
      messages('chatRoomId = :hash AND id BETWEEN :a AND :z', 'a'),
      'ExclusiveStartKey is not one that id BETWEEN :a AND :z holds for',
    ],
    [
      'that starts after its range',
      messages('chatRoomId = :hash AND id BETWEEN :a AND :z', 'z'),
      'ExclusiveStartKey is not one that id BETWEEN :a AND :z holds for',
    ],
    ['that starts at the end of an open range', messages('chatRoomId = :hash AND id < :z', 'y'), 'id < :z'],
    ['that starts after a closed range', messages('chatRoomId = :hash AND id <= :z', 'z'), 'id <= :z'],
    ['that starts below a range', messages('chatRoomId = :hash AND id > :a', 'a'), 'id > :a'],
    [
      'that starts at another prefix',
      messages('chatRoomId = :hash AND begins_with(id, :a)', 'c'),
      'begins_with',
    ],
    [
      "that goes on from the table's key in an index",
      of('follows', 'followersIndex', 'channelId = :hash', { ExclusiveStartKey: follows }),
      'ExclusiveStartKey has channelId, userId, and must have channelId, followedAt, userId',
    ],
  ])('%s', (_, input, message) => {
    expect(brokenRule(input)).toContain(message);
  });
});

describe('a query breaks no rule of DynamoDB', () => {
  test.each<[string, object]>([
    ['without a projection', of('channels', 'usernameIndex', 'usernameKey = :hash')],
    [
      'with a projection of keys and projected attributes',
      of('streams', 'isOpenIndex', 'isOpen = :hash', {
        ProjectionExpression: 'channelId, id, startedAt, username',
        FilterExpression: 'isLive = :a',
      }),
    ],
    [
      'with any projection if the index projects all attributes',
      of('bans', 'bannedAtIndex', 'channelId = :hash', { ProjectionExpression: 'userId, reason' }),
    ],
    ['that starts within its range', messages('chatRoomId = :hash AND id BETWEEN :a AND :z', 'b')],
    ['that starts within its prefix', messages('chatRoomId = :hash AND begins_with(id, :a)', 'bc')],
    ['that starts within a closed range', messages('chatRoomId = :hash AND id >= :a', 'b')],
    [
      'that starts in an index',
      of('follows', 'followedAtIndex', 'userId = :hash', {
        ExclusiveStartKey: { ...follows, followedAt: '2026' },
      }),
    ],
    ['of a scan with a start key', { TableName: 'test-follows', ExclusiveStartKey: follows }],
  ])('%s', (_, input) => {
    expect(brokenRule(input)).toBeUndefined();
  });
});

describe('the document clients in a test', () => {
  const database = useDatabase();

  test('refuse such a query, also in the code under test, although the engine accepts it', async () => {
    const { client, names, engine } = database();
    const { chatMessages: TableName } = names;
    await client.send(new PutCommand({ TableName, Item: { chatRoomId: 'h', id: 'x' } }));
    const query = new QueryCommand({
      TableName: names.users,
      IndexName: 'seededIndex',
      KeyConditionExpression: 'seedShard = :hash',
      ExpressionAttributeValues: { ':hash': 'h' },
      ProjectionExpression: 'passwordHash',
    });
    const scan = new ScanCommand({ TableName, ExclusiveStartKey: { chatRoomId: 'h' } });
    for (const any of [client, documentClient({ ...localCredentials, endpoint: engine.endpoint })]) {
      await expect(any.send(query)).rejects.toThrow('seededIndex does not project passwordHash');
      await expect(any.send(scan)).rejects.toThrow('must have chatRoomId, id');
    }
  });
});
