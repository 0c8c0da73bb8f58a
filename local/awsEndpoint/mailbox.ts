import { z } from 'zod';
import type { StateStore } from '../stateStore.ts';
import { type AwsReply, type AwsService, json, jsonError, readJson } from './http.ts';

/** A mail that was given to SES. */
export type LocalMail = z.infer<typeof localMail>;

export interface Mailbox {
  /** SES v2's `SendEmail`. */
  readonly ses: AwsService;
  /** The mails so far, newest first. */
  mails(): readonly LocalMail[];
  /** A web page with the mails. */
  page(): AwsReply;
}

const localMail = z.object({
  id: z.string(),
  at: z.string(),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
});

const sendEmail = z.object({
  FromEmailAddress: z.string(),
  Destination: z.object({ ToAddresses: z.array(z.string()).length(1) }),
  Content: z.object({
    Simple: z.object({
      Subject: z.object({ Data: z.string() }),
      Body: z.object({ Text: z.object({ Data: z.string() }) }),
    }),
  }),
});

const MAIL = 'mail';
const KEPT = 100;

/** Keeps the newest mails instead of delivering them. */
export function mailbox(stateStore: StateStore, clock: () => Date): Mailbox {
  const kept = stateStore.read(MAIL, localMail).map(({ value }) => value);
  const keep = (mail: LocalMail) => {
    kept.push(mail);
    stateStore.put(MAIL, mail.id, mail);
    for (const { id } of kept.splice(0, Math.max(0, kept.length - KEPT))) stateStore.remove(MAIL, id);
  };
  const mails = () => kept.toReversed();
  return {
    mails,
    page: () => ({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      },
      body: pageOf(mails()),
    }),
    ses: ({ method, url, body }) => {
      if (method !== 'POST' || url.pathname !== '/v2/email/outbound-emails')
        return jsonError(
          400,
          'BadRequestException',
          `local mode has no operation ${method} ${url.pathname} of SES`,
        );
      const sent = sendEmail.safeParse(readJson(body));
      if (!sent.success) return jsonError(400, 'BadRequestException', z.prettifyError(sent.error));
      const { FromEmailAddress: from, Destination, Content } = sent.data;
      const [to = ''] = Destination.ToAddresses;
      const { Subject, Body } = Content.Simple;
      const id = stateStore.newId();
      keep({ id, at: clock().toISOString(), from, to, subject: Subject.Data, text: Body.Text.Data });
      return json(200, { MessageId: id });
    },
  };
}

function pageOf(mails: readonly LocalMail[]): string {
  const articles = mails.map(
    ({ at, from, to, subject, text }) => `<article>
<h2>${escaped(subject)}</h2>
<p>To ${escaped(to)}, from ${escaped(from)}, <time datetime="${escaped(at)}">${escaped(at)}</time></p>
<pre>${escaped(text)}</pre>
</article>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mailbox</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem }
article { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 8px; margin: 1rem 0; padding: 0 1rem }
h2 { font-size: 1.1rem; margin-bottom: 0 }
p { margin: 0; opacity: .8 }
pre { white-space: pre-wrap }
</style>
<h1>Mailbox</h1>
<p>Mails that local mode sent, newest first. None leaves this computer.</p>
${articles.length === 0 ? '<p>There are none yet.</p>' : articles.join('\n')}
</html>
`;
}

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
