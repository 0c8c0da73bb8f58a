import * as z from 'zod';
import { functionSpecs } from '../model/functions.ts';
import { CommandError } from '../model/variables.ts';

const template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});

const lambda = z.object({
  Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
  LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }),
});

/** @throws CommandError that lists the function names when `name` is unknown */
export function checkFunctionName(name: string): string {
  if (Object.hasOwn(functionSpecs, name)) return name;
  throw new CommandError(
    `FN must be one of ${Object.keys(functionSpecs).join(', ')} (got ${JSON.stringify(name)})`,
  );
}

/**
 * Returns the logical id of a function's log group in a stack's template. CloudFormation generates the
 * function's physical name, so the function is found by POWERTOOLS_SERVICE_NAME.
 * @returns undefined when the stack has no such function, for example because the API runs in a container
 */
export function logGroupOf(stackTemplate: unknown, functionName: string): string | undefined {
  for (const { Type, Properties } of Object.values(template.parse(stackTemplate).Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const properties = lambda.safeParse(Properties).data;
    if (properties?.Environment.Variables.POWERTOOLS_SERVICE_NAME === functionName)
      return properties.LoggingConfig.LogGroup.Ref;
  }
  return undefined;
}
