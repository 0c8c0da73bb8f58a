import { createServer } from 'node:http';
import { readRequest, sendReply } from '../../local/awsEndpoint/http.ts';
import { type LocalMail, mailbox } from '../../local/awsEndpoint/mailbox.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { nullStateStore } from '../../local/stateStore.ts';
import { type Mailer, sesMailer } from '../../store/mailer.ts';
import { localCredentials } from './database.ts';

export interface TestMailbox {
  readonly mailer: Mailer;
  readonly endpoint: string;
  /** The mails so far, newest first. */
  mails(): readonly LocalMail[];
  /** The newest mail to an address. @throws Error when there is none */
  mailTo(address: string): LocalMail;
  /** The code in the newest mail to an address. */
  codeFor(address: string): string;
  /** What SES does with mails from now on. */
  behave(as: 'accepts' | 'refuses' | 'hangs'): void;
  stop(): Promise<void>;
}

/** Local mode's SES on a free port of loopback, and a mailer for it. */
export async function startMailbox(clock: () => Date): Promise<TestMailbox> {
  const box = mailbox(nullStateStore, clock);
  let behavior: 'accepts' | 'refuses' | 'hangs' = 'accepts';
  const server = createServer((message, response) => {
    readRequest(message).then(
      async request => {
        if (behavior === 'hangs') return;
        if (behavior === 'refuses')
          return sendReply(response, { status: 400, body: '{"__type":"MessageRejected"}' });
        sendReply(response, await box.ses(request));
      },
      (error: unknown) => sendReply(response, { status: 500, body: String(error) }),
    );
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no TCP port');
  const endpoint = `http://${LOOPBACK}:${address.port}`;
  const mailTo = (to: string) => {
    const mail = box.mails().find(one => one.to === to);
    if (mail === undefined) throw new Error(`there is no mail to ${to}`);
    return mail;
  };
  return {
    mailer: sesMailer('Live <live@test.example>', { ...localCredentials, endpoint }),
    endpoint,
    mails: box.mails,
    mailTo,
    codeFor: to => /^ {4}(\S+)$/m.exec(mailTo(to).text)?.[1] ?? '',
    behave: as => {
      behavior = as;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** Waits for a mail that is sent, and for nothing else. */
export function waitForMail(_: number, signal?: AbortSignal): Promise<void> {
  if (signal === undefined || signal.aborted) return Promise.resolve();
  return new Promise(resolve => signal.addEventListener('abort', () => resolve()));
}
