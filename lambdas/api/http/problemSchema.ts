import { z } from '@hono/zod-openapi';
import { reasons } from '../../../domain/errors.ts';
import { problemKinds } from './problem.ts';

const fieldErrorSchema = z
  .object({
    in: z
      .enum(['query', 'header', 'body'])
      .openapi({ description: 'The part of the request that contains the field.' }),
    field: z.string(),
    message: z.string(),
  })
  .openapi('FieldError');

function reasonsOf(): string {
  const lists = Object.entries(reasons).map(
    ([kind, of]) => `${kind}: ${of.map(reason => `\`${reason}\``).join(', ')}`,
  );
  return (
    'The cause, for types with several causes. Branch on it: its meaning does not change. ' +
    `${lists.join('; ')}.`
  );
}

/** A problem document (RFC 9457). */
export const problemSchema = z
  .object({
    type: z
      .enum(Object.keys(problemKinds).map(kind => `urn:problem-type:${kind}`))
      .openapi({ description: 'The kind of problem. Branch on it: it does not change.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: 'An explanation for people. It may change.' }),
    reason: z
      .enum([...new Set(Object.values(reasons).flat())].toSorted())
      .optional()
      .openapi({ description: reasonsOf() }),
    parameters: z
      .strictObject({
        until: z.iso.datetime().optional().openapi({ description: 'When the cause ends.' }),
        limit: z.int().optional().openapi({ description: 'The limit that was exceeded.' }),
        field: z
          .string()
          .optional()
          .openapi({ description: 'The field or header that the reason is about.' }),
      })
      .optional()
      .openapi({ description: 'Values that belong to the `reason`, for a translated message.' }),
    instance: z.string().openapi({ description: 'The id of this response. The logs contain the same id.' }),
    errors: z.array(fieldErrorSchema).optional().openapi({ description: 'All invalid values, for a 422.' }),
  })
  .openapi('Problem', {
    example: {
      type: 'urn:problem-type:invalid-values',
      title: 'Some values are not valid',
      status: 422,
      detail: 'limit: must be a whole number from 1 to 100',
      instance: 'urn:request:JKJaXmPLvHcESHA%3D',
      errors: [{ in: 'query', field: 'limit', message: 'must be a whole number from 1 to 100' }],
    },
  });
