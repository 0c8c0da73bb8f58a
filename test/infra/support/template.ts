import { z } from 'zod';

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
});

const template = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown(), Export: z.unknown().optional() })),
});

/** The parts of a CloudFormation template that the tests read. */
export type CfnTemplate = z.infer<typeof template>;

export interface CfnResource extends z.infer<typeof resource> {
  readonly logicalId: string;
}

export const parseTemplate = (input: unknown): CfnTemplate => template.parse(input);

/** Returns the resources of a type, in the order of the template. */
export function resourcesOf({ Resources }: CfnTemplate, type: string): CfnResource[] {
  return Object.entries(Resources).flatMap(([logicalId, found]) =>
    found.Type === type ? [{ logicalId, ...found }] : [],
  );
}

/** Returns the only resource of a type. */
export function onlyResource(from: CfnTemplate, type: string): CfnResource {
  const [first, ...others] = resourcesOf(from, type);
  if (first === undefined || others.length > 0) throw new Error(`the template must have exactly one ${type}`);
  return first;
}

/** Returns the only resource of a type in a construct. `ChatLog` means everything in the stack's `Chat/Log`. */
export function onlyResourceIn(from: CfnTemplate, construct: string, type: string): CfnResource {
  const [first, ...others] = resourcesOf(from, type).filter(({ logicalId }) =>
    logicalId.startsWith(construct),
  );
  if (first === undefined || others.length > 0) throw new Error(`${construct} must have exactly one ${type}`);
  return first;
}

/** `Fn::GetAtt` of a resource, as templates write it. */
export const getAtt = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
