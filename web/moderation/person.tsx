import type { components } from '../../client/index.ts';

type Person = components['schemas']['Person'];

/** Returns the name of a person as text. */
export const nameOf = ({ displayName, username }: Person): string =>
  displayName ?? username ?? 'deleted user';

/** The name of a person as it is now. */
export function PersonName({ person }: { readonly person: Person }) {
  const { displayName, username } = person;
  return (
    <span>
      <strong>
        <bdi>{nameOf(person)}</bdi>
      </strong>
      {displayName !== null && username !== null && <span class="explained"> @{username}</span>}
    </span>
  );
}
