import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

// The least a Lambda that reads DynamoDB can be: what the bundles are measured against.
const client = new DynamoDBClient({});

export const handler = (id: string) =>
  client.send(new GetItemCommand({ TableName: 'table', Key: { id: { S: id } } }));
