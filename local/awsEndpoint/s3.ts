import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { signatureOf } from '../../store/imageBucket.ts';
import type { AwsReply, AwsRequest, AwsService } from './http.ts';
import type { ObjectStore } from './objectStore.ts';

export interface S3Options {
  readonly bucket: string;
  readonly objects: ObjectStore;
  /** The key that signs the forms of uploads. */
  readonly secretAccessKey: string;
  readonly clock: () => Date;
}

const anyOrigin = { 'access-control-allow-origin': '*' };

function xmlError(status: number, code: string, message: string): AwsReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { ...anyOrigin, 'content-type': 'application/xml' }, body };
}

/** Returns whether a request is the upload of a form, which is signed by its policy instead of a header. */
export const isFormUpload = ({ method, headers }: Pick<AwsRequest, 'method' | 'headers'>): boolean =>
  method === 'POST' && headers['content-type']?.startsWith('multipart/form-data') === true;

/** GetObject, PutObject and DeleteObject of one bucket, in the path style, and the upload of a form. */
export function s3Service(options: S3Options): AwsService {
  const { bucket, objects } = options;
  return async request => {
    const [, name, key = ''] = /^\/([^/]+)(?:\/(.*))?$/.exec(decodeURIComponent(request.url.pathname)) ?? [];
    if (name !== bucket) return xmlError(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (isFormUpload(request)) return uploadForm(options, request);
    const { method, bytes, headers } = request;
    if (key === '' || !['GET', 'PUT', 'DELETE'].includes(method))
      return xmlError(501, 'NotImplemented', `local mode has no ${method} of ${request.url.pathname}`);
    if (method === 'GET') {
      const found = objects.get(key);
      if (found === undefined) return xmlError(404, 'NoSuchKey', 'The specified key does not exist.');
      return { status: 200, headers: { 'content-type': found.contentType }, body: found.bytes };
    }
    if (method === 'PUT')
      objects.put(key, { contentType: headers['content-type'] ?? 'binary/octet-stream', bytes });
    else objects.delete(key);
    return { status: method === 'PUT' ? 200 : 204, body: '' };
  };
}

const policySchema = z.object({
  expiration: z.iso.datetime(),
  conditions: z.array(
    z.union([
      z.record(z.string(), z.string()),
      z.tuple([z.literal('content-length-range'), z.number(), z.number()]),
    ]),
  ),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html */
async function uploadForm(
  { bucket, objects, secretAccessKey, clock }: S3Options,
  { bytes, headers }: AwsRequest,
): Promise<AwsReply> {
  const contentType = headers['content-type'] ?? '';
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined);
  if (form === undefined) return xmlError(400, 'MalformedPOSTRequest', 'The body is no valid form.');
  const file = form.get('file');
  if (typeof file === 'string' || file === null)
    return xmlError(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
  const fields = new Map<string, string>([['bucket', bucket]]);
  for (const [name, value] of form) if (typeof value === 'string') fields.set(name.toLowerCase(), value);
  const text = fields.get('policy') ?? '';
  const scope = (fields.get('x-amz-credential') ?? '').split('/').slice(1);
  const given = Buffer.from(fields.get('x-amz-signature') ?? '');
  const wanted = Buffer.from(signatureOf(secretAccessKey, scope, text));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return xmlError(403, 'SignatureDoesNotMatch', 'The signature of the policy is not valid.');
  const policy = policySchema.parse(JSON.parse(Buffer.from(text, 'base64').toString()));
  if (Date.parse(policy.expiration) <= clock().getTime())
    return xmlError(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');
  const unnamed = new Set(fields.keys());
  for (const name of ['policy', 'x-amz-signature', 'bucket']) unnamed.delete(name);
  for (const condition of policy.conditions) {
    if (Array.isArray(condition)) {
      const [, least, most] = condition;
      if (file.size > most) return xmlError(400, 'EntityTooLarge', 'The file exceeds the maximum size.');
      if (file.size < least) return xmlError(400, 'EntityTooSmall', 'The file is smaller than the minimum.');
      continue;
    }
    for (const [name, value] of Object.entries(condition)) {
      unnamed.delete(name.toLowerCase());
      if (fields.get(name.toLowerCase()) !== value)
        return xmlError(403, 'AccessDenied', `Invalid according to Policy: Policy Condition failed: ${name}`);
    }
  }
  const [extra] = unnamed;
  if (extra !== undefined)
    return xmlError(403, 'AccessDenied', `Invalid according to Policy: Extra input fields: ${extra}`);
  objects.put(fields.get('key') ?? '', {
    contentType: fields.get('content-type') ?? 'binary/octet-stream',
    bytes: Buffer.from(await file.arrayBuffer()),
  });
  return { status: 204, headers: anyOrigin, body: '' };
}
