import { useMutation } from '@tanstack/preact-query';
import { api, bodyOf } from './api.ts';

/**
 * Reads the settings for the encoder, or replaces the stream key. Neither is kept in the cache of queries, because the
 * stream key is a secret. The API asks for the password first: see `needsStepUp`.
 */
export function useIngest() {
  return useMutation({
    mutationFn: (act: 'show' | 'replace') =>
      act === 'show' ? bodyOf(api.GET('/v1/channels/me/ingest', {})) : replaceKey(),
  });
}

/** Replaces the stream key. An attempt can be repeated: its key stays the same until it has an answer. */
async function replaceKey() {
  replacement ??= crypto.randomUUID();
  const params = { header: { 'Idempotency-Key': replacement } };
  const ingest = await bodyOf(api.POST('/v1/channels/me/stream-key', { params }));
  replacement = undefined;
  return ingest;
}

let replacement: string | undefined;
