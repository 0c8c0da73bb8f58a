/**
 * Describes a failed connection or request to AWS in one line that says what to do.
 *
 * @returns undefined when `error` is not such a failure, and therefore a defect of the program.
 */
export function awsFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  if (credentialFailures.has(error.name) || /^Could not load credentials/.test(error.message))
    return (
      'no usable AWS credentials: set AWS_PROFILE, sign in (aws sso login), or set LOCAL=1 for the stack of make local ' +
      `(${oneLine(error.message)})`
    );
  if (expired.has(error.name))
    return `the AWS credentials have expired: sign in again, for example with aws sso login (${oneLine(error.message)})`;
  if (refused.has(error.name))
    return `AWS rejected the credentials: check AWS_PROFILE and the keys in the environment (${oneLine(error.message)})`;
  if (/^Region is missing|^Region not accepted/.test(error.message))
    return 'no AWS Region is set: set AWS_REGION, for example AWS_REGION=us-west-2, or a Region in the profile';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `DNS does not resolve ${hostOf(error)}: check the network and AWS_REGION${shown('AWS_REGION')}`;
  if (code === 'ECONNREFUSED') return `nothing listens at ${addressOf(error)}: start make local`;
  if (unreachable.has(code) || error.name === 'TimeoutError')
    return `AWS cannot be reached: check the network (${code || oneLine(error.message)})`;
  return '$metadata' in error ? `${error.name}: ${oneLine(error.message)}` : undefined;
}

const credentialFailures = new Set(['CredentialsProviderError', 'TokenProviderError']);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const refused = new Set([
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const unreachable = new Set([
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
]);

function hostOf(error: Error): string {
  return 'hostname' in error ? String(error.hostname) : 'the AWS endpoint';
}

function addressOf(error: Error): string {
  if ('address' in error && 'port' in error) return `${error.address}:${error.port}`;
  return process.env['AWS_ENDPOINT_URL'] ?? 'the endpoint';
}

const shown = (variable: string) =>
  process.env[variable] === undefined ? '' : ` (${JSON.stringify(process.env[variable])})`;

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');

const fileReasons: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is exhausted',
  EEXIST: 'a file with this name already exists',
  EISDIR: 'it is a directory',
  ELOOP: 'it has too many symbolic links',
  EMFILE: 'this process has too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a directory',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
};

/**
 * Describes why the operating system rejected an operation on a file.
 *
 * @returns undefined when `error` is not such a failure.
 */
export function fileFailure(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('syscall' in error))
    return undefined;
  // Network errors have a host or an address.
  if ('hostname' in error || 'address' in error) return undefined;
  return fileReasons[String(error.code)];
}
