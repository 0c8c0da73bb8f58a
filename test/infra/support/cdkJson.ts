import { readFileSync } from 'node:fs';
import { z } from 'zod';

const cdkJson = z.object({ app: z.string(), context: z.record(z.string(), z.unknown()) });

/** `cdk.json`: the command that the CDK CLI runs, and the context that it passes. */
export const readCdkJson = () => cdkJson.parse(JSON.parse(readFileSync('cdk.json', 'utf8')));
