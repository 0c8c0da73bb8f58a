/** The accounts that `make local` adds. Their passwords protect nothing: the stack answers on this computer only. */
export const demoAccounts = {
  creator: { username: 'demo-creator', password: 'creator on localhost' },
  viewer: { username: 'demo-viewer', password: 'viewer on localhost' },
} as const;

/** The number of the set that the demo accounts and their rows belong to. `make seed` never draws it. */
export const DEMO_SET = 0;
