const { default: Sequencer } = require('@jest/test-sequencer');

/** The test files that take longest, the longest first: started last, one of them would run alone at the end. */
const longest = [
  'test/store/seeding.test.ts',
  'test/e2e/localKilled.test.ts',
  'test/infra/synth.test.ts',
  'test/e2e/localProcess.test.ts',
  'test/infra/assembledStack.test.ts',
  'test/store/signUp.test.ts',
  'test/store/deletion.test.ts',
  'test/e2e/seedCommands.test.ts',
  'test/property/faults.test.ts',
  'test/api/matrix.test.ts',
  'test/api/fuzz.test.ts',
  'test/property/fold.test.ts',
  'test/property/foldConcurrently.test.ts',
];

/** Jest's own order, but for those. Jest knows how long files take only where it has run them before. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = longest.findIndex(name => path.endsWith(name));
      return place === -1 ? longest.length : place;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
