/**
 * The categories that every stack has, in the order they are shown. An id is in rows and in clients' links: it
 * stays when the name changes. One that is left out here stays in the tables, as channels may have it.
 */
export const catalogue: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'just-chatting', name: 'Just Chatting' },
  { id: 'gaming', name: 'Gaming' },
  { id: 'music', name: 'Music' },
  { id: 'cooking', name: 'Cooking' },
  { id: 'art', name: 'Art' },
  { id: 'fitness', name: 'Fitness' },
  { id: 'science', name: 'Science' },
  { id: 'travel', name: 'Travel' },
  { id: 'software', name: 'Software' },
  { id: 'talk-shows', name: 'Talk Shows' },
  { id: 'sports', name: 'Sports' },
  { id: 'events', name: 'Events' },
];
