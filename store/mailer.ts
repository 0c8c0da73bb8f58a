import { MAIL_FROM_VARIABLE } from '../model/functionEnvironment.ts';
import type { Variables } from '../model/variables.ts';
import { functionRequests } from './database.ts';

/** A mail to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mailer {
  /**
   * Gives a mail to SES, which delivers it later.
   *
   * @throws MailError when SES does not accept it, or `signal` was aborted
   */
  send(mail: Mail, signal?: AbortSignal): Promise<void>;
}

/** SES did not accept a mail. The message has neither the address nor the text of the mail. */
class MailError extends Error {
  override readonly name = 'MailError';
}

/**
 * Returns the mailer of the address in `MAIL_FROM`, or undefined when the stack sends no mail. The client of SES is loaded
 * with the first mail, because few requests send one.
 */
export function mailerFrom(environment: Variables): Mailer | undefined {
  const from = environment[MAIL_FROM_VARIABLE];
  return from === undefined || from === '' ? undefined : sesMailer(from);
}

/** Creates a mailer that sends from the address `from`. */
export function sesMailer(from: string, config: object = {}): Mailer {
  const load = async () => {
    const { SendEmailCommand, SESv2Client } = await import('@aws-sdk/client-sesv2');
    const client = new SESv2Client({ ...functionRequests, ...config });
    return ({ to, subject, text }: Mail, abortSignal: AbortSignal | undefined) =>
      client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: {
            Simple: {
              Subject: { Data: subject, Charset: 'UTF-8' },
              Body: { Text: { Data: text, Charset: 'UTF-8' } },
            },
          },
        }),
        abortSignal === undefined ? {} : { abortSignal },
      );
  };
  let loading: ReturnType<typeof load> | undefined;
  return {
    async send(mail, signal) {
      loading ??= load();
      const send = await loading;
      try {
        await send(mail, signal);
      } catch (error) {
        // The error of the SDK may contain the request.
        throw new MailError(`SES did not accept a mail: ${error instanceof Error ? error.name : 'unknown'}`);
      }
    },
  };
}
