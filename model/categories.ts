/**
 * The categories of every stack, in display order. Rows and clients' links hold the ids, so an id never
 * changes. A category that is removed from this list stays in the table, because channels may use it.
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
