import type { AwsReply } from './exchange.ts';
import { queryResult } from './query.ts';

/** STS `GetCallerIdentity`: what people ask the AWS CLI first, to see whose account they are in. */
export function getCallerIdentity(account: string): AwsReply {
  return queryResult('https://sts.amazonaws.com/doc/2011-06-15/', 'GetCallerIdentity', {
    Arn: `arn:aws:iam::${account}:user/local`,
    UserId: 'LOCAL',
    Account: account,
  });
}
