import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CommandError } from '../model/variables.ts';

/** The status of a stack and its termination protection. */
export interface StackState {
  readonly status: string;
  readonly isProtected: boolean;
}

/** The CloudFormation calls that the commands make, except for reading the stack's outputs. */
export interface CloudFormation {
  /** @returns undefined when the stack does not exist */
  state(stackName: string): Promise<StackState | undefined>;
  /** Returns the deployed template, parsed from JSON. @throws CommandError when the stack does not exist */
  template(stackName: string): Promise<unknown>;
  physicalId(stackName: string, logicalId: string): Promise<string>;
  endProtection(stackName: string): Promise<void>;
}

export function cloudFormation(client: CloudFormationClient = new CloudFormationClient({})): CloudFormation {
  return {
    state: async StackName => {
      try {
        const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
        if (stack?.StackStatus === undefined) return undefined;
        return { status: stack.StackStatus, isProtected: stack.EnableTerminationProtection === true };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    template: async StackName => {
      try {
        const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName }));
        return JSON.parse(TemplateBody);
      } catch (error) {
        if (!isMissing(error)) throw error;
        throw new CommandError(`there is no stack ${StackName}: run make deploy`);
      }
    },
    physicalId: async (StackName, LogicalResourceId) => {
      const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
      const id = (await client.send(command)).StackResourceDetail?.PhysicalResourceId;
      if (id === undefined)
        throw new CommandError(
          `the stack ${StackName} no longer has the resource ${LogicalResourceId}: run the command again`,
        );
      return id;
    },
    endProtection: async StackName => {
      await client.send(
        new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
      );
    },
  };
}

const isMissing = (error: unknown) =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');
