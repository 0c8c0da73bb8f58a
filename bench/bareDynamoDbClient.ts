import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

// A minimal Lambda that reads DynamoDB, with which the bundles are compared.
const client = new DynamoDBClient({});

export const handler = (id: string) =>
  client.send(new GetItemCommand({ TableName: 'table', Key: { id: { S: id } } }));
