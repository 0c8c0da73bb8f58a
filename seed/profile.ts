import type { PublicProfile } from '../model/profile.ts';
import type { Random } from './random.ts';

const NAMED_SHARE = 0.8;
const bios = ['New shows every week.', 'Live most evenings. Say hello!', 'Questions are welcome.'] as const;

/** Returns what a mock user shows of themselves. Some have chosen nothing. */
export function shownProfileOf(random: Random): PublicProfile {
  if (!random.datatype.boolean(NAMED_SHARE)) return {};
  return {
    displayName: `${random.person.firstName()} ${random.person.lastName()}`,
    bio: random.helpers.arrayElement(bios),
    color: random.color.rgb().toLowerCase(),
  };
}
