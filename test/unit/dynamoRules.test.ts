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
      'with a projection that an index of keys does not have',
      of('users', 'seededIndex', 'seedShard = :hash', { ProjectionExpression: 'id, seedRun, passwordHash' }),
      'seededIndex does not project passwordHash',
    ],
    [
      'with a projection that an index of some attributes does not have',
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
      'with a filter by what the index does not have',
      of('streams', 'isOpenIndex', 'isOpen = :hash', {
        FilterExpression: 'attribute_exists(username) AND NOT (isHealthy = :a)',
      }),
      'isOpenIndex does not project isHealthy',
    ],
    [
      'that selects all attributes of an index that has some',
      of('streams', 'vodIndex', 'channelId = :hash', { Select: 'ALL_ATTRIBUTES' }),
      'vodIndex does not project all attributes',
    ],
    [
      'that goes on from another partition',
      messages('chatRoomId = :hash', 'x', { ExclusiveStartKey: { chatRoomId: 'other', id: 'x' } }),
      'ExclusiveStartKey is not one that chatRoomId = :hash holds for',
    ],
    [
      'that goes on from another partition, in the plain form of the SDK and under other names',
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
      'that goes on from before its range',
      messages('chatRoomId = :hash AND id BETWEEN :a AND :z', 'a'),
      'ExclusiveStartKey is not one that id BETWEEN :a AND :z holds for',
    ],
    [
      'that goes on from behind its range',
      messages('chatRoomId = :hash AND id BETWEEN :a AND :z', 'z'),
      'ExclusiveStartKey is not one that id BETWEEN :a AND :z holds for',
    ],
    [
      'that goes on from the end of an open range',
      messages('chatRoomId = :hash AND id < :z', 'y'),
      'id < :z',
    ],
    ['that goes on from behind a closed range', messages('chatRoomId = :hash AND id <= :z', 'z'), 'id <= :z'],
    ['that goes on from below a range', messages('chatRoomId = :hash AND id > :a', 'a'), 'id > :a'],
    [
      'that goes on from another prefix',
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
    ['with no projection', of('channels', 'usernameIndex', 'usernameKey = :hash')],
    [
      'with a projection of keys and of what is projected',
      of('streams', 'isOpenIndex', 'isOpen = :hash', {
        ProjectionExpression: 'channelId, id, startedAt, username',
        FilterExpression: 'isLive = :a',
      }),
    ],
    [
      'with a projection of anything where all is projected',
      of('bans', 'bannedAtIndex', 'channelId = :hash', { ProjectionExpression: 'userId, reason' }),
    ],
    ['that goes on within its range', messages('chatRoomId = :hash AND id BETWEEN :a AND :z', 'b')],
    ['that goes on within a prefix', messages('chatRoomId = :hash AND begins_with(id, :a)', 'bc')],
    ['that goes on within a closed range', messages('chatRoomId = :hash AND id >= :a', 'b')],
    [
      'that goes on in an index',
      of('follows', 'followedAtIndex', 'userId = :hash', {
        ExclusiveStartKey: { ...follows, followedAt: '2026' },
      }),
    ],
    ['that is a scan which goes on', { TableName: 'test-follows', ExclusiveStartKey: follows }],
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
