import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';

type Write = (message: string, fields: Record<string, unknown>) => void;

/** Where log lines go: a sentence that stays the same, and what varies as fields. */
export interface Logger {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** Powertools' structured logger, set up by the POWERTOOLS_* variables. */
export const lambdaLogger = new PowertoolsLogger();
