import { en } from 'zod/locales';
import * as z from 'zod/mini';

/**
 * zod's schemas as functions instead of methods, so that a bundler leaves out those that a function does not
 * use. `zod/mini` has no messages of its own.
 */
export * from 'zod/mini';

z.config(en());
