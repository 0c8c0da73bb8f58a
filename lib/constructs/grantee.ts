import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What is given permissions, and told what they are for: a function, or the container. */
export interface Grantee {
  addToRolePolicy(statement: PolicyStatement): void;
  addEnvironment(variable: string, value: string): void;
}
