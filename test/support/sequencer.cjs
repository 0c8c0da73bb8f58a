const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest test files, slowest first. A slow file that starts last runs alone at the end. */
const longest = [
  'test/browser/pages.test.ts',
  'test/browser/trouble.test.ts',
  'test/e2e/localKilled.test.ts',
  'test/store/seeding.test.ts',
  'test/infra/synth.test.ts',
  'test/e2e/localProcess.test.ts',
  'test/browser/viewer.test.ts',
  'test/store/deletion.test.ts',
  'test/e2e/announcements.test.ts',
  'test/infra/assembledStack.test.ts',
  'test/store/seededViewers.test.ts',
  'test/property/viewerAudience.test.ts',
  'test/e2e/seedCommands.test.ts',
  'test/e2e/demo.test.ts',
  'test/browser/creator.test.ts',
  'test/store/ranking.test.ts',
  'test/api/matrix.test.ts',
  'test/store/usernames.test.ts',
  'test/api/follows.test.ts',
  'test/api/fuzz.test.ts',
  'test/store/hotChannel.test.ts',
  'test/store/signUp.test.ts',
  'test/property/seedPlan.test.ts',
  'test/api/formerNames.test.ts',
];

/** Starts these files first. Jest itself knows how long a file takes only where it has run it before. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = longest.findIndex(name => path.endsWith(name));
      return place === -1 ? longest.length : place;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
