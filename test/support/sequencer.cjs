const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest test files, slowest first. A slow file that starts last runs alone at the end. */
const longest = [
  'test/store/seeding.test.ts',
  'test/infra/synth.test.ts',
  'test/e2e/localKilled.test.ts',
  'test/e2e/localProcess.test.ts',
  'test/store/hotChannel.test.ts',
  'test/infra/assembledStack.test.ts',
  'test/e2e/seedCommands.test.ts',
  'test/store/deletion.test.ts',
  'test/api/viewers.test.ts',
  'test/api/matrix.test.ts',
  'test/store/partner.test.ts',
  'test/store/signUp.test.ts',
  'test/property/faults.test.ts',
  'test/api/sessions.test.ts',
  'test/store/stageInvitations.test.ts',
  'test/store/localStateStore.test.ts',
  'test/store/operationsExport.test.ts',
  'test/e2e/container.test.ts',
  'test/property/foldConcurrently.test.ts',
  'test/api/fuzz.test.ts',
  'test/store/sessions.test.ts',
  'test/property/fold.test.ts',
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
