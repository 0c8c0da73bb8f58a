/** The stack that a command is about: `STACK`, else that of `STAGE`, else the development stage's. */
export function stackNameOf(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['STACK'] || `UGC-${environment['STAGE'] || 'dev'}`;
}
