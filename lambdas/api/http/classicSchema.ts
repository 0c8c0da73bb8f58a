import { z } from '@hono/zod-openapi';

type Shape<S extends z.core.$ZodObject> = S['_zod']['def']['shape'];
type Classic<S extends z.core.$ZodObject> = z.ZodObject<{
  [K in keyof Shape<S>]: z.ZodType<z.output<Shape<S>[K]>, z.input<Shape<S>[K]>>;
}>;

/** Returns `schema`, of `zod/mini`, as the generator of the OpenAPI document can read it. */
export function classicObject<S extends z.core.$ZodObject>(schema: S): Classic<S> {
  const classic = classicOf(schema);
  if (!(classic instanceof z.ZodObject)) throw new Error('an object was rebuilt as another schema');
  // The compiler cannot infer the members of a schema that is rebuilt.
  return classic as Classic<S>;
}

/** One schema each, so that a schema that two operations share is one component of the document. */
const built = new WeakMap<z.core.$ZodType, z.ZodType>();

function classicOf(schema: z.core.$ZodType): z.ZodType {
  const classic = built.get(schema) ?? named(build(schema));
  built.set(schema, classic);
  return classic;
}

/** Moves a name from zod's metadata to the generator's, which makes a component of a named schema. */
function named(schema: z.ZodType): z.ZodType {
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  if (id === undefined) return schema;
  z.globalRegistry.remove(schema);
  const component = schema.openapi(id, description === undefined ? {} : { description });
  z.globalRegistry.remove(component);
  return component;
}

/**
 * Rebuilds a schema as one of zod's classic classes, which have the same definitions. The metadata is one of
 * its checks. Requests have these kinds of schemas only.
 */
function build(schema: z.core.$ZodType): z.ZodType {
  // zod's own list of the kinds, as the type of their definitions.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return new z.ZodString(def);
    case 'number':
      return isNumberFormat(def) ? new z.ZodNumberFormat(def) : new z.ZodNumber(def);
    case 'boolean':
      return new z.ZodBoolean(def);
    case 'literal':
      // The generator shows only the first value.
      if (def.values.length > 1) throw new Error('a literal of a request has several values: use z.enum');
      return new z.ZodLiteral(def);
    case 'enum':
      return new z.ZodEnum(def);
    case 'never':
      return new z.ZodNever(def);
    case 'transform':
      return new z.ZodTransform(def);
    case 'object': {
      const shape = Object.entries(def.shape).map(([name, member]) => [name, classicOf(member)]);
      const catchall = def.catchall === undefined ? {} : { catchall: classicOf(def.catchall) };
      return new z.ZodObject({ ...def, ...catchall, shape: Object.fromEntries(shape) });
    }
    case 'array':
      return new z.ZodArray({ ...def, element: classicOf(def.element) });
    case 'optional':
      return new z.ZodOptional({ ...def, innerType: classicOf(def.innerType) });
    case 'nullable':
      return new z.ZodNullable({ ...def, innerType: classicOf(def.innerType) });
    case 'default':
      return new z.ZodDefault({ ...def, innerType: classicOf(def.innerType) });
    case 'pipe':
      return new z.ZodPipe({ ...def, in: classicOf(def.in), out: classicOf(def.out) });
    default:
      throw new Error(`a request has a schema of the kind ${def.type}: add it to classicSchema.ts`);
  }
}

const isNumberFormat = (def: z.core.$ZodNumberDef): def is z.core.$ZodNumberFormatDef => 'format' in def;
