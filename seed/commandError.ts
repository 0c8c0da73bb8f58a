/** A command cannot do what it was asked. `message` is one line: what is wrong, where, and what to do about it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const reasons: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file with this name exists',
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

/** Why the operating system refused something on a file; undefined when `error` is not of this kind. */
export function fileFailure(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('syscall' in error))
    return undefined;
  // Those of the network have a host or an address.
  if ('hostname' in error || 'address' in error) return undefined;
  return reasons[String(error.code)];
}
