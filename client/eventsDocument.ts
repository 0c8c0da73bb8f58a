import { z } from 'zod';
import { roomEvents } from '../model/roomEvents.ts';

const introduction = `# Events

With this document you can show a change on a channel page at once, without polling. \`make client\` generates it from
\`model/roomEvents.ts\`.

The back end sends these events to the channel's chat room. Everybody who is connected to the chat of a channel receives
them, guests included. A client of the SDK \`amazon-ivs-chat-messaging\` listens to \`event\`:

\`\`\`ts
import { stateEvents } from 'ugc-live-client';

room.addListener('event', stateEvents({ onChannel: ({ isLive, title }) => show(isLive, title) }));
\`\`\`

\`stateEvents\` passes on each new state once. A client without it reads \`eventName\` and \`attributes\`, and follows these
rules:

- **Each event has the whole state** of the channel or the stage, so the next event also makes up for one that a client
  missed. Show the state, whatever the name of the event is. Several changes in a short time are told as one event with
  the newest state.
- **Keep the state with the highest \`version\`**, and ignore lower ones. Of two states with the same version, the one
  with the later \`viewersAt\` is newer. Events of one channel normally arrive in order.
- **Events can be repeated.** The \`id\` is the same for each repeat.
- **Load the page after the chat is connected**, and again after a reconnect. Events that are sent while a client is not
  connected are not sent again.
- **Prefer the state of an event to that of the page.** An answer of the API can be some seconds old, and a newer change
  comes as another event.
- **Ignore names and attributes that you do not know.** New ones can be added.

A channel without a chat room, and the mock channels of \`make seed\`, have no events. The events \`stage:invitation\` and
\`stage:invitation-withdrawn\` are sent with the request that causes them, and only once. They have no \`version\`.
[Architecture](architecture.md#announcements) describes how the others are sent.
`;

/** Returns the text of docs/events.md: what a client needs to know, and the JSON schema of each event. */
export function eventsDocument(): string {
  const sections = Object.entries(roomEvents).map(([name, { when, schema }]) => {
    const { $schema, ...attributes } = z.toJSONSchema(schema, { io: 'input' });
    const event = {
      $schema,
      title: name,
      description: when,
      type: 'object',
      properties: { eventName: { const: name }, attributes },
      required: ['eventName', 'attributes'],
    };
    return `## ${name}\n\n${when}\n\n\`\`\`json\n${JSON.stringify(event, null, 2)}\n\`\`\`\n`;
  });
  return [introduction, ...sections].join('\n');
}
