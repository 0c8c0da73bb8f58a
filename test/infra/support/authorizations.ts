import { z } from 'zod';
import { type Authorization, type AwsCall, ivsAuthorizations } from './ivsAuthorizations.ts';
import { deployed } from './resolve.ts';

const { partition, region, account } = deployed;
const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${account}:${rest}`;

const onTable = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const onTables = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const transaction = z.object({ TransactItems: z.array(z.record(z.string(), onTable)) });

/** IAM authorizes each item of a transaction. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const transactionActions: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/**
 * Returns the actions and resources that a call needs permission for: one for each table of a batch and for each item
 * of a transaction, and the index for a query of an index.
 *
 * @throws Error for an unknown operation, so that no call is left unchecked
 */
export function authorizations(call: AwsCall): Authorization[] {
  const { service, operation, input } = call;
  switch (service) {
    case 'dynamodb':
      return dynamo(operation, input);
    case 'secretsmanager':
      return [
        {
          action: `${service}:${operation}`,
          resource: z.object({ SecretId: z.string() }).parse(input).SecretId,
        },
      ];
    case 'monitoring':
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      return [{ action: `cloudwatch:${operation}`, resource: '*' }];
    case 's3': {
      const { object } = z.object({ object: z.string() }).parse(input);
      return [{ action: `s3:${operation}`, resource: `arn:${partition}:s3:::${object}` }];
    }
    case 'ses': {
      const sender = z.object({ FromEmailAddress: z.string() }).parse(input).FromEmailAddress;
      const address = /<(.*)>/.exec(sender)?.[1] ?? sender;
      // SES checks the identity that is verified: the address or its domain.
      return [address, address.replace(/^.*@/, '')].map(identity => ({
        action: 'ses:SendEmail',
        resource: arn('ses', `identity/${identity}`),
        context: { 'ses:FromAddress': address },
      }));
    }
    case 'ivs':
    case 'ivschat':
      return ivsAuthorizations(call);
    default:
      throw new Error(`the permissions for calls of ${service} are unknown: add them to authorizations.ts`);
  }
}

function dynamo(operation: string, input: unknown): Authorization[] {
  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
    case 'Query':
    case 'Scan':
      return [tableAuthorization(operation, onTable.parse(input))];
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(onTables.parse(input).RequestItems).map(TableName =>
        tableAuthorization(operation, { TableName }),
      );
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return transaction.parse(input).TransactItems.flatMap(item =>
        Object.entries(item).map(([kind, target]) => {
          const action = transactionActions[kind];
          if (action === undefined) throw new Error(`a transaction has no ${kind}`);
          return tableAuthorization(action, target);
        }),
      );
    default:
      throw new Error(
        `the permissions for DynamoDB's ${operation} are unknown: add them to authorizations.ts`,
      );
  }
}

function tableAuthorization(
  action: string,
  { TableName, IndexName }: z.infer<typeof onTable>,
): Authorization {
  const table = TableName.startsWith('arn:') ? TableName : arn('dynamodb', `table/${TableName}`);
  return {
    action: `dynamodb:${action}`,
    resource: IndexName === undefined ? table : `${table}/index/${IndexName}`,
  };
}
